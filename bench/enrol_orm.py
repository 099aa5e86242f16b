"""A plain Django view that takes the same claim and writes the same rows through the ORM: what one would write first.

Served by granian (WSGI, 2 workers of 4 threads, pooled connections), as the role of the application.
"""

import json
import os
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "abhiyan.site.settings")

import django

settings.ROOT_URLCONF = "bench.enrol_orm"
settings.MIDDLEWARE = []
django.setup()

# E402 below: models are read only once Django is set up.
from abhiyan.core import audit  # noqa: E402
from abhiyan.core.actor import Actor  # noqa: E402
from abhiyan.core.keys import keyring  # noqa: E402
from abhiyan.core.scope import system  # noqa: E402
from abhiyan.enrolment.models import ChannelToken, Claim, Drive, Enrolment, Membership, Taken, TermKind  # noqa: E402
from abhiyan.enrolment.rules.channels import Channel  # noqa: E402
from abhiyan.intake.actions import tokens  # noqa: E402, F401  # loads the room
from abhiyan.people.models import Consent, Person, Phone, Purpose  # noqa: E402
from abhiyan.people.phones import parse  # noqa: E402
from abhiyan.programmes.models import Rung  # noqa: E402
from abhiyan.units.models import Unit  # noqa: E402


@csrf_exempt
def enrol(request: HttpRequest) -> JsonResponse:
    """POST one claim; 201 when it is on disk."""
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    told = json.loads(request.body)
    ring, now = keyring(), timezone.now()
    with system("bench"):
        token = ChannelToken.objects.filter(digest=ring.token_digest(shown), ended_at=None).first()
        if token is None:
            return JsonResponse({}, status=401)
        phone = parse(told["phone"])
        if phone is None or not 1900 < told["birth_year"] < now.year - 18 or not told["name"].strip():
            return JsonResponse({}, status=422)
        drive = Drive.objects.select_related("roll").get(programme_id=token.programme_id)
        unit = Unit.objects.get(code=told["unit"])
        phone_id = ring.phone_id(phone)
        claim_id = uuid4()
        stored, _made = Phone.objects.get_or_create(
            id=phone_id,
            defaults={
                "hash": ring.phone_hash(phone),
                "sealed": ring.seal(phone.encode(), about=phone_id.bytes),
                "last4": phone[-4:],
            },
        )
        member = Membership.objects.filter(phone_id=stored.pk, roll_id=drive.roll_id).first()
        if member is not None:
            return JsonResponse({"outcome": "accepted", "receipt": member.claim_id.hex}, status=201)
        person = Person.objects.create(
            id=uuid4(),
            public_id=uuid4(),
            phone_id=stored.pk,
            name=told["name"],
            birth_year=told["birth_year"],
            language=told["language"],
            unit_id=unit.pk,
            at=now,
        )
        member = Membership.objects.create(
            id=uuid4(),
            public_id=uuid4(),
            roll_id=drive.roll_id,
            phone_id=stored.pk,
            slot=0,
            person_id=person.pk,
            unit_id=unit.pk,
            claim_id=claim_id,
            term=1,
            programme_id=drive.programme_id,
            at=now,
        )
        claim = Claim.objects.create(
            id=claim_id,
            public_id=uuid4(),
            programme_id=drive.programme_id,
            channel=Channel.API,
            sign=0,
            unit_id=unit.pk,
            is_placed=True,
            phone_id=stored.pk,
            membership_id=member.pk,
            taken=Taken.JOINED,
            day=now.date(),
            field_at=datetime.fromisoformat(told["field_at"]),
            at=now,
            batch=claim_id,
            by=token.public_id,
        )
        Enrolment.objects.create(
            id=uuid4(),
            membership_id=member.pk,
            claim_id=claim_id,
            programme_id=drive.programme_id,
            unit_id=unit.pk,
            kind=TermKind.NEW,
            term=1,
            channel=Channel.API,
            rung=Rung.UNSIGNED,
            day=now.date(),
            at=now,
        )
        Consent.objects.create(
            id=uuid4(),
            person_id=person.pk,
            unit_id=unit.pk,
            purpose=Purpose.MEMBERSHIP,
            notice_version=1,
            language="hi",
            channel=Channel.API,
            by=token.public_id,
            device="",
            at=now,
        )
        with connection.cursor() as cursor:  # its table has no key, so it has no model to save
            cursor.execute(
                "insert into programmes_delta (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
                " values (%s, 1, 3, %s, %s, 10, 1, %s), (%s, 1, 3, %s, %s, 15, 1, %s)",
                [drive.programme_id, unit.pk, now.date(), now] * 2,
            )
        audit.record(by=Actor(kind="channel", id=token.public_id), at=now, act="enrolment.enrol")
    return JsonResponse({"outcome": "accepted", "receipt": claim.public_id.hex}, status=201)


urlpatterns = [path("api/v1/claims", enrol)]
application = WSGIHandler()
