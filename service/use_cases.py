"""All that the system does, in one object."""

from dataclasses import dataclass

from domain.activity.relay import Relay
from domain.activity.use_cases import Activity
from domain.catalogue.use_cases import Catalogue
from domain.configuration.use_cases import RuntimeConfiguration
from domain.health.use_cases import Health
from domain.idempotency.use_cases import Idempotency
from domain.limits.ports import RateLimiter
from domain.mail.relay import MailRelay


@dataclass(frozen=True, slots=True)
class UseCases:
    """The use-cases over their ports; views, commands and background work are given these.

    `rate_limiter` is asked before the others.
    """

    catalogue: Catalogue
    activity: Activity
    configuration: RuntimeConfiguration
    idempotency: Idempotency
    rate_limiter: RateLimiter
    relay: Relay
    mail_relay: MailRelay
    health: Health
