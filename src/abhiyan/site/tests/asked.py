"""The address of a form of another district, and what is sent there."""

from datetime import timedelta
from typing import Any

from abhiyan.core.tests.given import NOW

from .addresses import Things, address, filled
from .cast import Cast
from .posted import ASKED, POSTS


def asked_of(name: str, cast: Cast, of: Things, others: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The address of a form, and what is sent there."""
    known = others | {
        "unit_id": cast.world.units["JK-JAM"].pk,
        "account": cast.accounts["mandal_president"].public_id,
        "member": of.member,
        "programme_uuid": of.programme,
        "soon": (NOW + timedelta(days=9)).date(),
    }
    sent = {key: value.format_map(known) for key, value in POSTS.get(name, {}).items()}
    where = address(name, of, **filled(name, others))
    return where + (f"?{ASKED[name].format_map(known)}" if name in ASKED else ""), sent
