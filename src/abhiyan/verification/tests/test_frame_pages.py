"""A national secretary plans, freezes and draws a frame, and reads what the checks say."""

from datetime import timedelta

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.actions import assigning, refresh_estimates
from abhiyan.verification.models import Draw, Frame
from abhiyan.verification.tests.test_checks import taken

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_frame_is_planned_frozen_drawn_and_read(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assigning, "MOST_OF_A_WORKER", 1_000)
    client, programme = cast.client("state_president"), cast.world.programme
    new = reverse("verification:frame_new", args=[programme.public_id])
    day = NOW.date()
    form = {
        "checks": "40",
        "floor": "1",
        "source": "drand round 4,812,345",
        "known_on": (day + timedelta(days=2)).isoformat(),
        "ends_on": (day + timedelta(days=20)).isoformat(),
    }
    shown = client.get(new, {"goal": "40", "floor": "1"})
    assert "90 entries were counted" in shown.text and "Srinagar" in shown.text
    assert 'name="checks" value="40"' in shown.text, "what was planned is what is frozen"
    planned = client.post(new, form)
    assert "40 checks: about 95 calls, 4 visits and 10 hours" in shown.text
    assert "About 90 entries are frozen, and 40 of them" in planned.text and "drand round" in planned.text
    with system("test"):
        assert not Frame.objects.exists(), "nothing is frozen before the plan was seen"
    early = client.post(new, form | {"sure": "yes", "known_on": day.isoformat()})
    assert early.status_code == 422 and "known already" in early.text
    assert 'name="number" value="1"' in client.post(new, form).text
    client.post(new, form | {"sure": "yes", "number": "1"})
    cast.crowd(4, "JK-B001", "70063")
    twice = client.post(new, form | {"sure": "yes", "number": "1"})
    assert twice.status_code == 409 and "frozen already" in twice.text
    with system("test"):
        frame = Frame.objects.get()
    page = reverse("verification:frame", args=[frame.public_id])
    draw = reverse("verification:frame_draw", args=[frame.public_id])
    assert "4,812,345, known from" in client.get(draw).text
    assert "cannot be known before" in client.post(draw, {"value": "8c3fa0"}).text
    assert frame.hash in client.get(page).text and "Draw the checks" not in client.get(page).text
    with system("test"):
        Draw.objects.update(due_at=NOW)
    assert "Draw the checks" in client.get(page).text
    client.post(draw, {"value": "8c3fa0"})
    assert "drawn just now" in client.get(page).text
    refresh_estimates(at=NOW)
    assert "not enough checks (0 of 19): 19 are lacking" in client.get(page).text
    for role in ("verifier_of_srinagar", "verifier_of_jammu"):
        taken(cast, role, NOW)
    refresh_estimates(at=NOW)
    assert "100 are real" in client.get(page).text


def test_the_published_file_is_the_one_that_was_hashed_and_names_nobody(cast: Cast) -> None:
    from hashlib import sha256

    from abhiyan.verification.tests.test_checks import drawn

    frame = drawn(cast)
    page = reverse("verification:frame_file", args=[frame.public_id])
    file = b"".join(cast.client("state_president").get(page).streaming_content)  # type: ignore[attr-defined] # streamed
    assert sha256(file).hexdigest() == frame.hash
    assert b"Asha" not in file
