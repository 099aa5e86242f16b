"""Kinds of requests: the standard ones, and those of the organisation's own. Forms offer what is not closed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import override

from abhiyan.core.languages import OWN
from abhiyan.core.words import name_in_language

from .models import RequestKind, Ticket

ALWAYS = (Ticket.Kind.OTHER.value, Ticket.Kind.MEMBERSHIP.value)  # what comes without a form needs these

NOT_OF_PLACES = ("membership", "card", "complaint")  # a village or booth needs none of these


@dataclass(frozen=True, slots=True)
class ListedKind:
    """A kind of request, as the page lists it. names: as the organisation calls it; empty: as the standard."""

    code: str
    names: dict[str, str]
    closed_at: datetime | None

    @property
    def title(self) -> str:
        return name_in_language(self.names) if self.names else str(Ticket.Kind(self.code).label)

    @property
    def every_name(self) -> dict[str, str]:
        """Its names in English and Hindi, by language."""
        names = dict(self.names)
        for language in OWN if not names else ():
            with override(language):
                names[language] = self.title
        return names

    @property
    def may_close(self) -> bool:
        return self.code not in ALWAYS


def request_kinds() -> list[ListedKind]:
    """Return every kind, the standard ones first, the general one last. One query."""
    rows = {row.code: row for row in RequestKind.objects.order_by("made_at", "code")}
    codes = [code for code in Ticket.Kind.values if code != Ticket.Kind.OTHER]
    codes += [code for code in rows if code not in Ticket.Kind.values]
    listed = []
    for code in (*codes, Ticket.Kind.OTHER.value):
        row = rows.get(code)
        closed_at = row.closed_at if row else None
        listed.append(ListedKind(code, row.names if row else {}, closed_at))
    return listed


def kind_choices(*, but: Collection[str] = (), with_closed: bool = False) -> list[tuple[str, str]]:
    """Return the codes and names of kinds that a form offers. but: codes of standard ones that it leaves out."""
    return [
        (kind.code, kind.title)
        for kind in request_kinds()
        if kind.code not in but and (with_closed or kind.closed_at is None)
    ]


def names_of_kind(code: str) -> dict[str, str]:
    """Return the names that the organisation gave a kind; none of a standard one. ValueError for an unknown code."""
    row = RequestKind.objects.filter(pk=code).first()
    if row is None and code in Ticket.Kind.values:
        return {}
    if row is None:
        raise ValueError(f"no kind of request: {code}")
    return dict(row.names)


class KindField(forms.ChoiceField):
    """A kind of request. A page from before a kind was closed may still send it."""

    def __init__(self, *, but: Collection[str] = (), **more: Any) -> None:
        standard = [(code, label) for code, label in Ticket.Kind.choices if code not in but]
        super().__init__(choices=standard, **more)
        self.but, self.more = but, more

    def __deepcopy__(self, memo: dict[int, Any]) -> "KindField":
        """Each form reads the kinds that are open when it is shown."""
        field = KindField(but=self.but, **self.more)
        field.choices = partial(kind_choices, but=self.but)
        return field

    def valid_value(self, value: object) -> bool:
        """Return whether it is a kind, also a closed one."""
        code = str(value)
        if code in Ticket.Kind.values:
            return code not in self.but
        return RequestKind.objects.filter(pk=code).exists()
