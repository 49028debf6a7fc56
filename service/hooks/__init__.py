"""What happens around every view: who is let in, and what each answer carries."""

from service.hooks.before_views import register_hooks
from service.hooks.envelope import Envelope

__all__ = ["Envelope", "register_hooks"]
