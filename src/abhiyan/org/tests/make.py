"""A small world: one nation, two states, trees in two hierarchies, and people in offices."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org import actions
from abhiyan.org.models import Appointment
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import kept_account
from abhiyan.units.models import Placement, Unit

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
SYSTEM = Actor.system("test")


class World:
    """nation > two states > two districts each > two mandals each > two booths each; electoral: state > booths."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self._next = {1: 1 << 56, 2: 2 << 56}
        self._placed: list[Placement] = []
        nation = self._unit("nation", "N")
        self._tree(nation, None, 1, 0, ("state", "district", "mandal", "booth"))
        self._electoral(nation)
        with system("test"):
            actions.ensure_offices()
            Unit.objects.bulk_create(self.units.values())
            Placement.objects.bulk_create(self._placed)

    def _unit(self, kind: str, code: str) -> Unit:
        self.units[code] = Unit(code=code, kind=kind, names={"en": f"Unit {code}", "hi": f"इकाई {code}"})
        return self.units[code]

    def _tree(
        self, unit: Unit, parent: Unit | None, hierarchy: int, depth: int, below: tuple[str, ...]
    ) -> None:
        placement = self._place(unit, parent, hierarchy, depth)
        if below:
            for number in (1, 2):
                child = self._unit(below[0], f"{unit.code}{number}")
                self._tree(child, unit, hierarchy, depth + 1, below[1:])
        self._close(placement)

    def _electoral(self, nation: Unit) -> None:
        top = self._place(nation, None, 2, 0)
        for number in (1, 2):
            state = self.units[f"N{number}"]
            middle = self._place(state, nation, 2, 1)
            seat = self._unit("constituency", f"C{number}")
            third = self._place(seat, state, 2, 2)
            for code, unit in list(self.units.items()):
                if unit.kind == "booth" and code.startswith(state.code):
                    self._close(self._place(unit, seat, 2, 3))
            self._close(third)
            self._close(middle)
        self._close(top)

    def _place(self, unit: Unit, parent: Unit | None, hierarchy: int, depth: int) -> Placement:
        lo = self._next[hierarchy]
        self._next[hierarchy] += 10
        placed = Placement(
            hierarchy=hierarchy, unit=unit, parent=parent, depth=depth, lo=lo, valid_from=date(2026, 1, 1)
        )
        self._placed.append(placed)
        return placed

    def _close(self, placement: Placement) -> None:
        placement.hi = self._next[placement.hierarchy]

    def unit(self, code: str) -> int:
        return self.units[code].pk

    def lo(self, code: str, hierarchy: int = 1) -> int:
        found = Placement.objects.get(unit=self.units[code], hierarchy=hierarchy, valid_to=None).lo
        assert found is not None
        return found

    def account(self, name: str = "Asha", *, is_root: bool = False, is_demo: bool = False) -> Account:
        with system("test"):
            return kept_account(
                public_id=uuid4(),
                phone_id=uuid4(),
                last4="4213",
                name=name,
                created_at=AT,
                is_root=is_root,
                is_demo=is_demo,
            )

    def named(self, account: Account, name: str) -> Account:
        """The same person, found by this name."""
        with system("test"):
            people.rename_account(account_id=account.pk, name=name, by=SYSTEM, at=AT)
        return account

    def holder(self, office: str, code: str, *, hierarchy: int = 1, name: str = "") -> Account:
        """Somebody new in an office."""
        account = self.account(name or f"{office} of {code}")
        self.appoint(account, office, code, hierarchy=hierarchy)
        return account

    def officer(self, code: str, name: str = "") -> Account:
        """Return a data officer that the console named, so of nobody's line."""
        return self.holder("data_officer", code, name=name)

    def appoint(
        self,
        account: Account,
        office: str,
        code: str,
        *,
        hierarchy: int = 1,
        by: Actor = SYSTEM,
        at: datetime = AT,
        is_accepted: bool = True,
    ) -> Appointment:
        made = actions.appoint(
            account_id=account.pk,
            office=office,
            unit_id=self.unit(code),
            hierarchy=hierarchy,
            starts_on=date(2026, 1, 1),
            by=by,
            at=at,
        )
        if is_accepted and made.state == Appointment.State.OFFERED:
            made = actions.answer_offer(public_id=made.public_id, is_accepted=True, by=actor(account), at=at)
        return made


def actor(account: Account) -> Actor:
    return Actor(kind="person", id=UUID(str(account.public_id)), account_id=account.pk)
