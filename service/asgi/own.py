"""Whether methods are the framework's own: what an application has changed is left alone."""

from collections.abc import Iterable
from types import FunctionType, ModuleType


def are_defined_in(module: ModuleType, cls: object, names: Iterable[str]) -> bool:
    """Tell whether a class has these methods as a module defines them.

    A subclass may override them, and tools that trace or measure replace them in the class itself,
    maybe before anyone could have kept the original. A wrapper copies a function's name and even
    ``__module__``, but not the globals that it was compiled with.
    """
    return all(_is_defined_in(module, getattr(cls, name, None)) for name in names)


def _is_defined_in(module: ModuleType, method: object) -> bool:
    if isinstance(method, property):
        method = method.fget
    # Not isinstance: a proxy around a function claims to be one.
    return type(method) is FunctionType and method.__globals__ is vars(module)
