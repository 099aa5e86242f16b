"""How a room declares its pages: one line for the address, who may open it, and what a form sent there does.

page("tickets/", desk.tickets_page, opens=DESKS)  # a list.
page("tickets/new/", desk.type_ticket, name="type", opens=DESKS, act="is answered")  # a form.
page("tickets/<uuid:public_id>/close/", desk.close, opens=DESKS, act=FINAL)
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern

View = Callable[..., HttpResponseBase]
FINAL = "cannot be taken back"


_rights_of_lists: list[Callable[[], Iterable[str]]] = []


def register_rights_of_lists(rights: Callable[[], Iterable[str]]) -> None:
    """Register the reader of the capabilities that bring lists. Call it once, in the ready() of the room of lists."""
    _rights_of_lists.append(rights)


class AccessLevel(Enum):
    """A request must show this."""

    PUBLIC = "public"  # nothing.
    VISITOR = "visitor"  # a session of this browser, such as half way through a form or a code.
    MEMBER = "member"  # this browser has proven a phone.
    SIGNED_IN = "signed_in"  # an account, its second factor still to come.
    PHONE = "phone"  # the same, or the own session of a phone: shows nobody else.
    STRONG = "strong"  # an account with passkey or TOTP.
    CAPABILITY = "capability"  # the same, and one of these capabilities somewhere.
    TOKEN = "token"  # a machine's own token, asked by the endpoint  # noqa: S105  # the name of a level.
    DEMO = "demo"  # the demo, from this very machine.


@dataclass(frozen=True, slots=True)
class Access:
    """level; capabilities: any one of them will do; entrance: URL name of the page where the missing is shown.

    is_of_ended: as `phone_access` says.
    is_of_lists: that of any list somebody may bring will do (`imports.kinds.ImportKind`).
    """

    level: AccessLevel
    capabilities: tuple[str, ...] = ()
    entrance: str = ""
    is_of_lists: bool = False
    is_of_ended: bool = False

    @property
    def any_of(self) -> tuple[str, ...]:
        """Return the capabilities that open it, any one of them."""
        return (
            tuple(right for rights in _rights_of_lists for right in rights())
            if self.is_of_lists
            else self.capabilities
        )


PUBLIC = Access(AccessLevel.PUBLIC)
SIGNED_IN = Access(AccessLevel.SIGNED_IN)
STRONG = Access(AccessLevel.STRONG)
TOKEN = Access(AccessLevel.TOKEN)
DEMO = Access(AccessLevel.DEMO)
IMPORTS = Access(AccessLevel.CAPABILITY, is_of_lists=True)


def visitor(entrance: str) -> Access:
    return Access(AccessLevel.VISITOR, entrance=entrance)


def member(entrance: str) -> Access:
    return Access(AccessLevel.MEMBER, entrance=entrance)


def phone_access(*codes: str, is_of_ended: bool = False) -> Access:
    """Own work in the field, by one SMS code too; with codes, only who holds one of them. Its pages show no name
    or number of another person.

    is_of_ended: a phone whose session was ended gets in as well; the view keeps what it brings apart.
    """
    return Access(AccessLevel.PHONE, capabilities=codes, is_of_ended=is_of_ended)


def capability(*codes: str) -> Access:
    return Access(AccessLevel.CAPABILITY, capabilities=codes)


# Pages of these levels give people only files about themselves, and what everybody reads.
WITHOUT_OFFICE = frozenset(
    {AccessLevel.PUBLIC, AccessLevel.VISITOR, AccessLevel.MEMBER, AccessLevel.TOKEN, AccessLevel.DEMO}
)


class Address(URLPattern):
    """An address with its declaration, as `page` makes it."""

    def __init__(
        self,
        route: str,
        view: View,
        given: dict[str, Any] | None,
        *,
        name: str,
        opens: Access,
        act: str,
        is_own: bool,
        file_goes_on: str,
    ) -> None:
        super().__init__(RoutePattern(route, name=name, is_endpoint=True), view, given, name)
        self.opens, self.act, self.is_own, self.file_goes_on = opens, act, is_own, file_goes_on


def page(
    route: str,
    view: View,
    given: dict[str, Any] | None = None,
    *,
    opens: Access,
    name: str = "",
    act: str = "",
    is_own: bool = False,
    file_goes_on: str = "",
) -> Address:
    """Declare one address. The middleware's table and the tests of access follow from it.

    opens: who may open it. The view and its act ask whether they may act *there*.
    name: of the address; that of the view, unless told.
    act: how what a form does is taken back, or why nothing need be. FINAL: a page asks once before it is done.
        "": the address takes no form.
    is_own: a form sent there can name nothing of anybody else, such as one's own session.
    file_goes_on: why its file leaves during an emergency stop too. "": it does not (`server.middleware.stopped_files`).
    """
    name = name or view.__name__
    return Address(
        route, view, given, name=name, opens=opens, act=act, is_own=is_own, file_goes_on=file_goes_on
    )
