"""Collect what rooms offer: a module of a known name, where a room has one."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps


def modules(name: str) -> Iterator[tuple[AppConfig, ModuleType]]:
    """The modules of a name of all installed rooms, the lowest floor first: `loops` is abhiyan.org.loops, and so on."""
    for config in apps.get_app_configs():
        module = None if config.name.startswith("django.") else _module(f"{config.name}.{name}")
        if module is not None:
            yield config, module


def offered(name: str) -> list[Callable[..., Any]]:
    """The functions of a name in the `offers.py` of installed rooms, the lowest floor first: `todo` of org, and so on.

    Rooms offer by them what depends on rows. `tests/floors/test_offers.py` holds that all take what the caller gives.
    """
    return [getattr(module, name) for _config, module in modules("offers") if hasattr(module, name)]


@cache
def _module(name: str) -> ModuleType | None:
    return import_module(name) if find_spec(name) else None
