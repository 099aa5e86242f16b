"""Friends say why they join, friends and organisers have links, and a programme of friends refuses some things."""

import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import referrals
from abhiyan.enrolment.models_motives import Motive
from abhiyan.enrolment.models_referrals import Referral, Referred
from abhiyan.enrolment.queries.referrals import counts_of
from abhiyan.org.models import Appointment
from abhiyan.people.tests.make import browser
from abhiyan.programmes.actions.programmes import ScopeTwice, change_programme
from abhiyan.programmes.models import Programme

from .make import Human, World
from .test_two_rolls import friends_programme, read
from .web import code_sent, filled, join, officer, typed, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def become_friend(human: Human, **other: str) -> Client:
    """Somebody joins the friends with what else they chose on the form; their browser."""
    client = browser()
    answer = client.post("/join/friends/", typed(human) | other)
    assert answer.status_code == 302, answer.content.decode()
    code = code_sent(human.phone, "join.friend")
    assert client.post(answer["Location"], {"code": code}).status_code == 302
    return client


def test_a_friend_may_say_why_and_reads_it_on_their_page_alone(world: World) -> None:
    friends = friends_programme(world)
    form = browser().get("/join/friends/").content.decode()
    assert "A public scheme reached me" in form and "I like the work" in form
    assert "I like the work" not in browser().get("/join/winter/").content.decode()
    one, silent = become_friend(world.bilal, why="1"), become_friend(world.chandra)
    assert "a public scheme reached me" in read(one, "/me/")
    assert "why you joined" not in read(silent, "/me/")
    assert '"why": "A public scheme reached me"' in one.get("/me/data/").content.decode()
    assert browser().post("/join/friends/", typed(world.asha) | {"why": "99"}).status_code == 422
    with system("test"):
        (kept,) = Motive.objects.all()
    president = officer(world, "state_president", "JK")
    page = read(president, f"/drives/{friends.public_id}/")
    assert re.search(r"a public scheme reached me\s+1\s+i like the work\s+0", page)
    one.post("/me/erase/", {"yes": "1"})
    with system("test"):
        assert not Motive.objects.filter(membership=kept.membership).exists()


def test_who_joins_by_a_friends_own_link_is_counted_there_and_nobody_is_named(world: World) -> None:
    friends = friends_programme(world)
    client = become_friend(world.bilal)
    page = client.get("/me/").content.decode()
    with system("test"):
        (link,) = Referral.objects.all()
    assert link.account_id is None
    assert quote(f"by={link.code}", safe="") in page and f"by={link.code}</p>" in page
    assert f'value="{link.code}"' in browser().get(f"/join/friends/?by={link.code}").content.decode()
    become_friend(world.chandra, ref=link.code)
    assert counts_of(link.code) == (1, 1, 0)
    shown = read(client, "/me/")
    assert "joined by the link" in shown and "chandra" not in shown
    president = officer(world, "state_president", "JK")
    assert link.code not in president.get(f"/drives/{friends.public_id}/invited/").content.decode()
    client.post("/me/leave/")
    become_friend(Human("Zara Khan", 1991, "+919906000091"), ref=link.code)
    assert counts_of(link.code) == (1, 1, 0), "a friend who left invites nobody"
    with system("test"):
        assert link.membership is not None
        referrals.forget_referred(memberships=[link.membership])
        assert not Referral.objects.exists() and not Referred.objects.exists()


def test_a_member_has_no_link_of_a_friend(world: World) -> None:
    friends_programme(world)
    assert "Your own link" not in join(world, world.asha).get("/me/").content.decode()
    with system("test"):
        assert not Referral.objects.exists()


def test_an_organiser_has_a_link_a_poster_and_a_door_until_the_office_ends(world: World) -> None:
    friends = friends_programme(world)
    organiser = officer(world, "friends_organiser", "JK-SRI")
    today = organiser.get("/today/").content.decode()
    with system("test"):
        (link,) = Referral.objects.filter(programme_id=friends.pk)
    poster = f"/drives/{friends.public_id}/poster/?unit=JK-SRI&by={link.code}"
    assert f"by={link.code}</p>" in today and poster.replace("&", "&amp;") in today
    assert f"by={link.code}" in organiser.get(poster).content.decode()
    assert organiser.get("/my-link/").headers["Location"] == f"/drives/{friends.public_id}/my-link/"
    of_members = f"/drives/{world.programme.public_id}/my-link/"
    worker = officer(world, "booth_worker", "JK-B001")
    assert worker.get("/my-link/").headers["Location"] == of_members, (
        "the friends are newer, and not their work"
    )
    (door,) = re.findall(r'href="(/field/\?unit=JK-SRI[^"]*)"', today)
    assert "JK-B001" in organiser.get(door.replace("&amp;", "&")).content.decode()
    become_friend(world.bilal, ref=link.code)
    assert counts_of(link.code) == (1, 1, 0)
    with system("test"):
        Appointment.objects.filter(office__code="friends_organiser").update(state="ended")
    become_friend(world.chandra, ref=link.code)
    assert counts_of(link.code) == (1, 1, 0), "they joined, and count for nobody"
    assert organiser.get(poster).status_code in (302, 403, 404)
    assert organiser.get(f"/drives/{friends.public_id}/my-link/?unit=JK-SRI").status_code in (302, 403, 404)


def test_outside_the_tree_of_the_programme_an_organisers_link_names_no_place(world: World) -> None:
    friends_programme(world, hierarchy=2)
    shown = officer(world, "friends_organiser", "JK-SRI-M1").get("/today/").content.decode()
    assert "/join/friends/</p>" in shown and "by=</p>" not in shown


def test_the_reason_for_the_constituencies_is_asked_for_and_shown(world: World) -> None:
    friends = friends_programme(world)
    client = officer(world, "state_president", "JK")
    page = f"/drives/{friends.public_id}/"
    assert "write down why these constituencies were chosen" in read(client, page)
    form = {"join_slug": "friends", "notice_version": "1", "replies_per_hour": "10000", "renews": "yes"}
    sent = filled(form) | {"minuted": "Few branches there. Meeting of 3 November 2026."}
    assert client.post(f"{page}set-up/", sent).status_code == 302
    shown = read(client, page)
    assert (
        "why these constituencies were chosen: few branches there" in shown and "write down why" not in shown
    )
    members = f"/drives/{world.programme.public_id}/"
    assert "constituencies were chosen" not in read(client, members)


def test_a_unit_named_twice_is_refused_by_its_name(world: World) -> None:
    friends = friends_programme(world)
    with system("test"):
        Programme.objects.filter(pk=friends.pk).update(state=Programme.State.DRAFT)
        with pytest.raises(ScopeTwice) as refused:
            change_programme(
                programme_id=friends.pk,
                unit_ids=[world.district.pk, world.district.pk],
                by=Actor.system("tests"),
                at=world.now,
            )
    with translation.override("en"):
        assert refused.value.field == "units" and "is in the list twice" in str(refused.value)
    assert world.district.names["hi"] in str(refused.value)
