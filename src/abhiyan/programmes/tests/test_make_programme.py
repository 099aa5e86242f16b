"""A programme from draft to close."""

from datetime import date, timedelta
from typing import Any

import pytest

from abhiyan.core import news
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.org.queries import NotYours, viewer_of
from abhiyan.org.tests.make import AT, TODAY, World, actor
from abhiyan.org.viewer import NOBODY
from abhiyan.people.models import Account
from abhiyan.programmes import actions, queries
from abhiyan.programmes.actions.charges import AlreadyInCharge
from abhiyan.programmes.actions.programmes import NotOpen
from abhiyan.programmes.models import Measure, Programme
from abhiyan.programmes.news import ProgrammeOpened

pytestmark = pytest.mark.django_db


def make(world: World, account: Account, **more: Any) -> Programme:
    given: dict[str, Any] = {
        "template": "membership_drive",
        "names": {"en": "Membership drive", "hi": "सदस्यता अभियान"},
        "owner_id": world.unit("N1"),
        "unit_ids": [world.unit("N1")],
        "opens_on": TODAY,
        "closes_on": TODAY + timedelta(days=59),
    } | more
    with system("test"):
        return actions.make_programme(**given, by=actor(account), at=AT)


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1")


def test_a_draft_is_made_from_a_template_with_its_measures(world: World, president: Account) -> None:
    made = make(world, president)
    assert (made.state, made.kind) == ("draft", "drive")
    assert [measure.code for measure in Measure.objects.filter(programme=made)] == ["enrolments"]
    assert queries.scope_units(made) == [world.unit("N1")]
    with system("test"):
        entry = AuditEntry.objects.get(act="programmes.make")
    assert entry.subject == str(made.public_id)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"template": "nonsense"}, "unknown_template", "template"),
        ({"names": {"en": "  "}}, "name_missing", "names"),
        ({"names": {"en": "x" * 121}}, "name_too_long", "names"),
        ({"closes_on": TODAY - timedelta(days=1)}, "window_reversed", "closes_on"),
        ({"closes_on": date(2040, 1, 1)}, "window_too_long", "closes_on"),
        ({"opens_on": date(2026, 1, 1), "closes_on": date(2026, 2, 1)}, "window_over", "closes_on"),
        ({"units": []}, "scope_empty", "units"),
        ({"units": ["N2"]}, "scope_outside", "units"),
        ({"units": ["N"]}, "scope_outside", "units"),
        ({"units": ["N11", "N1"]}, "scope_overlaps", "units"),
    ],
)
def test_each_refusal_names_its_field(
    world: World, president: Account, change: dict[str, Any], code: str, field: str
) -> None:
    if "units" in change:
        change = {"unit_ids": [world.unit(unit) for unit in change["units"]]}
    with pytest.raises(Refused) as refused:
        make(world, president, **change)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert str(refused.value)
    assert not Programme.objects.exists()


def test_who_may_not_make_programmes_there_makes_none(world: World, president: Account) -> None:
    for account, owner in (
        (president, "N2"),
        (president, "N"),
        (world.holder("booth_president", "N1111"), "N1111"),
    ):
        with pytest.raises(NotYours):
            make(world, account, owner_id=world.unit(owner), unit_ids=[world.unit(owner)])


def test_a_draft_changes_in_everything_an_open_programme_in_name_and_end(
    world: World, president: Account
) -> None:
    by, made = actor(president), make(world, president)
    with system("test"):
        actions.change_programme(
            programme_id=made.pk, unit_ids=[world.unit("N11")], opens_on=TODAY, by=by, at=AT
        )
        assert queries.scope_units(made) == [world.unit("N11")]
        actions.open_programme(programme_id=made.pk, by=by, at=AT)
        changed = actions.change_programme(
            programme_id=made.pk,
            names={"hi": " नया  नाम "},
            closes_on=TODAY + timedelta(days=90),
            by=by,
            at=AT,
        )
        assert changed.names == {"hi": "नया नाम", "en": "नया नाम"}
        with pytest.raises(actions.NotADraft):
            actions.change_programme(programme_id=made.pk, unit_ids=[world.unit("N1")], by=by, at=AT)
        with pytest.raises(actions.NotADraft):
            actions.discard_programme_draft(programme_id=made.pk, by=by, at=AT)


def test_opening_tells_the_rooms_above_once(
    world: World, president: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[ProgrammeOpened] = []
    by, made = actor(president), make(world, president)
    before = news.subscribers().get(ProgrammeOpened, [])
    monkeypatch.setitem(news._subscribers, ProgrammeOpened, [*before, told.append])
    with system("test"):
        actions.open_programme(programme_id=made.pk, by=by, at=AT)
        with pytest.raises(actions.NotADraft):
            actions.open_programme(programme_id=made.pk, by=by, at=AT)
        actions.close_programme(programme_id=made.pk, by=by, at=AT)
        with pytest.raises(NotOpen):
            actions.close_programme(programme_id=made.pk, by=by, at=AT)
    assert [one.programme_id for one in told] == [made.pk]


def test_a_draft_thrown_away_is_gone(world: World, president: Account) -> None:
    made = make(world, president)
    with system("test"):
        actions.discard_programme_draft(programme_id=made.pk, by=actor(president), at=AT)
    assert not Programme.objects.exists()


def test_a_programme_runs_in_its_scope_above_and_below_it(world: World, president: Account) -> None:
    made = make(world, president, unit_ids=[world.unit("N11")])
    assert queries.programmes_running(world.unit("N11"), TODAY) == []  # a draft does not run
    with system("test"):
        actions.open_programme(programme_id=made.pk, by=actor(president), at=AT)
    for code, runs in (
        ("N", True),
        ("N1", True),
        ("N11", True),
        ("N1111", True),
        ("N12", False),
        ("N2", False),
    ):
        assert bool(queries.programmes_running(world.unit(code), TODAY)) == runs, code
    assert queries.programmes_running(world.unit("N11"), made.closes_on + timedelta(days=1)) == []


def test_in_charges_are_named_seen_and_ended(world: World, president: Account) -> None:
    made, by = make(world, president), actor(president)
    asha = world.account("Asha")
    with system("test"):
        named = actions.name_in_charge(
            programme_id=made.pk, unit_id=world.unit("N11"), account=asha.public_id, by=by, at=AT
        )
        with pytest.raises(AlreadyInCharge):
            actions.name_in_charge(
                programme_id=made.pk, unit_id=world.unit("N11"), account=asha.public_id, by=by, at=AT
            )
        with pytest.raises(actions.UnknownAccount):
            actions.name_in_charge(
                programme_id=made.pk, unit_id=world.unit("N11"), account=made.public_id, by=by, at=AT
            )
        with pytest.raises(NotYours):
            actions.name_in_charge(
                programme_id=made.pk, unit_id=world.unit("N2"), account=asha.public_id, by=by, at=AT
            )
        assert [(one.name, one.unit_code) for one in queries.in_charges(made)] == [("Asha", "N11")]
        assert queries.in_charges(made, units=[world.unit("N12")]) == []
        actions.end_in_charge(in_charge_id=named.pk, by=by, at=AT)
        assert queries.in_charges(made) == []


def test_programmes_out_of_sight_are_not_found_and_drafts_are_for_their_makers(
    world: World, president: Account
) -> None:
    made = make(world, president)
    booth_president = world.holder("booth_president", "N1111")
    stranger = world.holder("state_president", "N2")

    def sees(account: Account) -> bool:
        viewer = viewer_of(account_id=account.pk, on=TODAY)
        with scoped(viewer.scope):
            try:
                return queries.programme_for(viewer, made.public_id) == made
            except NotFound:
                return False

    assert sees(president)
    assert not sees(stranger)
    assert not sees(booth_president)
    with system("test"):
        actions.open_programme(programme_id=made.pk, by=actor(president), at=AT)
    assert sees(booth_president)
    assert not sees(stranger)
    with scoped(Scope()), pytest.raises(NotFound):
        queries.programme_for(NOBODY, made.public_id)
