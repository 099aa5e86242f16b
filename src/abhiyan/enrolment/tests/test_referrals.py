"""A worker's own link: made once, carried through joining, counted for who invited, and forgotten with an erasure."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core.models import AuditEntry
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.actions import referrals
from abhiyan.enrolment.models_referrals import Referral, Referred
from abhiyan.enrolment.queries import referrals as queries
from abhiyan.org.queries import NotYours
from abhiyan.people.tests.make import browser
from abhiyan.work.queries.record import week_of_work

from .make import CHANNEL, World
from .web import join, officer, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def test_who_joins_by_a_workers_own_link_is_counted_as_invited_by_them_once(world: World) -> None:
    worker = officer(world, "booth_worker", "JK-B001")
    page = f"/drives/{world.programme.public_id}/my-link/"
    assert "Make my link" in worker.get(page).content.decode()
    for _twice in range(2):
        assert worker.post(page).status_code == 302
    with system("test"):
        mine = Referral.objects.get()
    address = f"/join/winter/?unit=JK-B001&by={mine.code}"
    assert address.replace("&", "&amp;") in worker.get(page).content.decode()
    assert f'value="{mine.code}"' in browser().get(address).content.decode()
    join(world, world.asha, ref=mine.code)
    join(world, world.bilal, ref="nobodys")
    with override("en"):
        assert week_of_work(mine.account_id or 0, at=NOW).short == "1 person joined by your link"
    join(world, world.asha, ref=mine.code)  # once more: a member already
    with system("test"):
        (found,) = queries.referral_rows([mine])
        assert (found.joined, found.members, found.confirmed) == (1, 1, 0)
        assert found.name == "booth_worker of JK-B001"
        assert AuditEntry.objects.filter(act="enrolment.refer").count() == 1
        invited = Referred.objects.get()
        assert queries.inviter_of(invited.membership) == found.name
        referrals.forget_referred(memberships=[invited.membership])
        assert not Referred.objects.exists()
    president = officer(world, "mandal_president", "JK-SRI-M1")
    listed = president.get(f"/drives/{world.programme.public_id}/invited/").content.decode()
    assert "booth_worker of JK-B001" in listed


def test_today_shares_a_workers_own_link_and_who_joins_by_it_counts_for_them(world: World) -> None:
    worker = officer(world, "booth_worker", "JK-B001")
    for _twice in range(2):
        page = worker.get("/today/").content.decode()
    with system("test"):
        mine = Referral.objects.get()
    address = f"/join/winter/?unit=JK-B001&by={mine.code}"
    assert page.index("Share on WhatsApp") < page.index("Copy the link") < page.index(f"by={mine.code}</p>")
    assert quote(address, safe="") in page and address.replace("&", "&amp;") in page
    poster = f"/drives/{world.programme.public_id}/poster/?unit=JK-B001&by={mine.code}"
    assert poster.replace("&", "&amp;") in page
    printed = worker.get(poster).content.decode()
    assert f"by={mine.code}" in printed and printed.count("<svg") >= 1
    assert officer(world, "booth_worker", "JK-B002").get(poster).status_code == 404
    join(world, world.asha, ref=mine.code)
    with system("test"):
        (found,) = queries.referral_rows([mine])
    assert found.joined == 1
    mandal = officer(world, "mandal_president", "JK-SRI-M1").get("/today/").content.decode()
    assert "/join/winter/?unit=JK-SRI-M1&amp;by=" in mandal, "above a booth with the unit and credit too"


def test_a_new_members_own_invitation_keeps_the_unit(world: World) -> None:
    asha = join(world, world.asha, unit="JK-B001")
    page = asha.get("/join/winter/done/").content.decode()
    assert quote("/join/winter/?unit=JK-B001", safe="") in page
    bilal = join(world, world.bilal)
    page = bilal.get("/join/winter/done/").content.decode()
    assert quote("/join/winter/", safe="") in page and "unit%3D" not in page


def test_the_posters_are_pdf_files_and_another_workers_link_is_on_none(world: World) -> None:
    worker, other = (officer(world, "booth_worker", unit) for unit in ("JK-B001", "JK-B002"))
    drive = f"/drives/{world.programme.public_id}/"
    worker.post(drive + "my-link/")
    with system("test"):
        code = Referral.objects.get().code
    for asked in ("hi/", "en/?unit=JK-B001", f"hi/?by={code}"):
        made = worker.get(f"{drive}poster/{asked}")
        assert made.status_code == 200 and made.content.startswith(b"%PDF")
        assert made["Content-Disposition"].startswith("attachment; ")
    assert other.get(f"{drive}poster/hi/?by={code}").status_code == 404
    assert worker.get(f"{drive}poster/xx/").status_code == 404


def test_a_link_is_made_by_who_records_people_there_alone(world: World) -> None:
    with pytest.raises(NotYours):
        referrals.make_referral(
            programme_id=world.programme.pk, unit_id=world.booth.pk, by=CHANNEL, at=world.now
        )


def test_the_list_of_who_invited_asks_no_more_the_longer_it_is(world: World) -> None:
    president = officer(world, "mandal_president", "JK-SRI-M1")
    page = f"/drives/{world.programme.public_id}/invited/?unit=JK-SRI-M1"

    def refer(first: int, last: int) -> None:
        with system("test"):
            Referral.objects.bulk_create(
                Referral(
                    code=f"code{n}",
                    programme_id=world.programme.pk,
                    account_id=n,
                    unit_id=world.booth.pk,
                    made_at=world.now,
                )
                for n in range(first, last)
            )

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            listed = president.get(page)
        assert listed.status_code == 200
        return len(seen)

    refer(900, 901)
    asked()  # the first page of a process reads the helplines
    few = asked()
    refer(901, 940)
    assert asked() == few and president.get(page).content.decode().count("<tr") == 41
