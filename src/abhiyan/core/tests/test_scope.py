"""Scope is a transaction; outside one nothing is in sight."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from abhiyan.core import database
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.people.models import Person
from abhiyan.units.models import Placement, Tree, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.versions]
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def two_people() -> None:
    with system("test"):
        for number in (1, 2):
            unit = Unit.objects.create(code=f"u{number}", kind="booth", names={"en": f"Booth {number}"})
            Placement.objects.create(
                hierarchy=1, unit=unit, depth=0, lo=number, hi=number + 1, valid_from="2026-01-01"
            )
            Person.objects.create(
                id=f"00000000-0000-0000-0000-00000000000{number}",
                public_id=f"10000000-0000-0000-0000-00000000000{number}",
                phone_id=f"20000000-0000-0000-0000-00000000000{number}",
                name=f"p{number}",
                unit_id=unit.pk,
                at=AT,
            )


def test_the_tests_run_as_the_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select (select bool_or(rolbypassrls or rolsuper) from pg_roles"
            " where rolname in (current_user, session_user)),"
            " exists (select from pg_class where relowner in (current_user::regrole, session_user::regrole)),"
            " exists (select from pg_auth_members where member = current_user::regrole)"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("reset role")
        cursor.execute("select current_user")
        assert cursor.fetchone() == (database.role_name("app"),)


def test_without_a_scope_nobody_is_in_sight(two_people: None) -> None:
    assert not Person.objects.exists()


def test_a_viewer_sees_their_own_place_only(two_people: None) -> None:
    with scoped(Scope(people="{[1,2)}", trees=0)):
        assert Person.objects.get().name == "p1"
    assert not Person.objects.exists()


def test_a_nested_scope_gives_way_to_the_outer_again(two_people: None) -> None:
    with scoped(Scope(people="{[1,2)}", trees=0)):
        with system("count"):
            assert Person.objects.count() == 2
        assert Person.objects.count() == 1


def test_a_failed_inner_scope_leaves_the_outer_in_force(two_people: None) -> None:
    with scoped(Scope(people="{[1,2)}", trees=0)):
        with pytest.raises(ZeroDivisionError), scoped(Scope()):
            raise ZeroDivisionError
        assert Person.objects.count() == 1


@pytest.mark.parametrize("trees", [None, 6, 8])
def test_positions_of_another_tree_show_nothing(two_people: None, trees: int | None) -> None:
    with system("test"):
        Tree.objects.create(hierarchy=1, version=7)
    with scoped(Scope(people="{[1,3)}", trees=trees)):
        assert not Person.objects.exists()
    with scoped(Scope(people="{[1,3)}", trees=7)):
        assert Person.objects.count() == 2
        with system("somebody moves a unit"):
            Tree.objects.create(hierarchy=2, version=1)
        assert not Person.objects.exists()


def test_a_system_scope_states_its_reason() -> None:
    with pytest.raises(ValueError), system(""):
        pass


def test_a_reason_opens_nothing_to_the_application(two_people: None) -> None:
    with scoped(Scope(reason="curious")):
        assert not Person.objects.exists()


def test_no_role_compiles_its_statements() -> None:
    """On a server that would: for statements as dear as policies make them look, that takes seconds."""
    for role in database.ROLES:
        with psycopg.connect(database.conninfo(role)) as own:
            assert own.execute("show jit").fetchone() == ("off",), role
