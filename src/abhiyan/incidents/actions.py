"""Data officers write an incident down, count the affected, tell them with a second officer's yes, and close it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.core import audit, lot, onward, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.imports.private_words import private_in
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.queries import message_id
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import require
from abhiyan.programmes.news import ItemsErased

from .models import Incident, IncidentPerson, IncidentReport
from .queries import WATCH, ReachedPeople, clocks_of, count_reached, incident_reports, reached_members
from .rules.reports import DATA, KINDS, PEOPLE, REPORTS

ACT, TEMPLATE, PAGE = "incident.notify", "incident.notice", "/me/"
AT_ONCE = 1_000
SKEW = timedelta(minutes=5)  # of a device's clock
SAID_NO = "said_no"


class IncidentClosed(Refused, status=409):
    message = _("This incident is closed.")


class IncidentTimes(Refused):
    message = _("The hour cannot be in the future. It ends after it begins, and you know of it after that.")


class ReachNotCounted(Refused):
    message = _("Count the affected people first.")


class NobodyReached(Refused):
    message = _("There is nobody to tell. Choose another reader, unit or time.")


class NoticeWordsUnfit(Refused):
    message = "%(why)s"


class ReportsMissing(Refused, status=409):
    message = _("Note every report first: %(reports)s.")


@dataclass(frozen=True, slots=True)
class IncidentEntry:
    """A data officer writes this of an incident. kind and data: codes of `rules.reports`."""

    kind: str
    what: str
    data: Sequence[str]
    began_at: datetime
    until_at: datetime | None
    known_at: datetime
    reported_by: str
    measures: str

    def fill(self, incident: Incident, *, at: datetime) -> None:
        """Write it on an incident. Refuses IncidentTimes, NotFound for an unknown code."""
        if self.kind not in KINDS or not set(self.data) <= set(DATA):
            raise NotFound
        latest = max(filter(None, (self.began_at, self.until_at, self.known_at)))
        if latest > at + SKEW or self.known_at < self.began_at:
            raise IncidentTimes(field="known_at")
        if self.until_at is not None and self.until_at < self.began_at:
            raise IncidentTimes(field="until_at")
        incident.kind, incident.what, incident.data = self.kind, self.what, list(self.data)
        incident.began_at, incident.until_at, incident.known_at = self.began_at, self.until_at, self.known_at
        incident.reported_by, incident.measures = self.reported_by, self.measures


def open_incident(*, unit_id: int, entry: IncidentEntry, by: Actor, at: datetime) -> Incident:
    """Write an incident of a unit down; its clocks run from the hour it was known. It needs data.watch there.

    Refuses NotYours, IncidentTimes.
    """
    require(by, WATCH, at=unit_id)
    incident = Incident(public_id=lot.uuid(), unit_id=unit_id, opened_by=by.account_id, at=at)
    with system("an incident is written down"):
        entry.fill(incident, at=at)
        incident.save()
        _record("open_incident", incident, by=by, at=at)
    return incident


def change_incident(*, public_id: UUID, entry: IncidentEntry, by: Actor, at: datetime) -> Incident:
    """Correct what is written of an open incident; other times want a new count. Refuses NotYours, IncidentClosed."""
    with system("an incident is corrected"):
        incident = _locked(public_id, by=by)
        times = incident.began_at, incident.until_at
        entry.fill(incident, at=at)
        if times != (incident.began_at, incident.until_at):
            _forget_count(incident, by=by, at=at)
        incident.save()
        _record("change_incident", incident, by=by, at=at)
    return incident


def count_affected(*, public_id: UUID, reader: int | None, by: Actor, at: datetime) -> ReachedPeople:
    """Count the people an incident may have reached: those an account read in its time, or everybody in the unit.

    reader: the id of the account; None: the whole unit.

    A request to tell people waits for the count, so an older request is closed. Refuses NotYours, NotFound,
    IncidentClosed.
    """
    with system("counting the people of an incident"):
        incident = _locked(public_id, by=by)
        incident.reader_id = reader
        reached = count_reached(incident)
        _forget_count(incident, by=by, at=at)
        incident.named, incident.listed, incident.others = reached.named, reached.listed, reached.others
        incident.reached_at = at
        incident.save()
        _record("count_incident", incident, by=by, at=at, n=reached.named + reached.listed)
    return reached


def ask_to_tell(
    *, public_id: UUID, words: Mapping[str, str], reason: str, by: Actor, at: datetime
) -> Release:
    """Ask a second data officer to decide that these people are affected, and to tell them.

    words: language -> what happened, as they read it. Refuses NotYours, IncidentClosed,
    ReachNotCounted, NobodyReached, NoticeWordsUnfit.
    """
    for language, text in words.items():
        if why := private_in(text):
            raise NoticeWordsUnfit(field=f"words_{language}", why=why)
    with system("asking to tell the people of an incident"):
        incident = _locked(public_id, by=by)
        if incident.reached_at is None:
            raise ReachNotCounted
        if not incident.named + incident.listed:
            raise NobodyReached
    payload = {"incident": str(public_id), "words": dict(words), "n": incident.named + incident.listed}
    return org.ask_release(act=ACT, unit_id=incident.unit_id, reason=reason, payload=payload, by=by, at=at)


def heed_incident_decision(*, decision: ReleaseDecided) -> None:
    """Write the affected people down, once two data officers agree. A loop tells them; their own page shows it.

    In the transaction of the decision. Refuses IncidentClosed.
    """
    if decision.act != ACT or not decision.allow:
        return
    incident = or_refuse(
        Incident.objects.select_for_update().filter(public_id=decision.payload["incident"]).first()
    )
    if incident.closed_at is not None:
        raise IncidentClosed
    source, values = reached_members(incident)
    sql.run(
        "insert into enrolment_incident_person (incident_id, member, is_named, lack)"
        f" select %(incident)s, r.member, r.is_named, '' from ({source}) r on conflict do nothing",
        values | {"incident": incident.pk},
    )
    incident.words, incident.decided_at = decision.payload["words"], decision.at
    incident.save(update_fields=["words", "decided_at"])
    IncidentReport.objects.create(
        incident=incident,
        report=PEOPLE,
        sent_at=decision.at,
        way="SMS",
        noted_by=decision.by.account_id,
        at=decision.at,
    )
    onward.set_going()
    _record("decide_incident", incident, by=decision.by, at=decision.at, n=incident.named + incident.listed)


def note_report(
    *, public_id: UUID, report: str, sent_at: datetime, way: str, by: Actor, at: datetime
) -> IncidentReport:
    """Note that a report or notice went, when and by which way. Later notes do not replace it.

    Refuses NotYours, NotFound, IncidentClosed, IncidentTimes.
    """
    with system("noting a report of an incident"):
        incident = _locked(public_id, by=by)
        if report not in REPORTS:
            raise NotFound
        if not incident.began_at <= sent_at <= at + SKEW:
            raise IncidentTimes(field="sent_at")
        noted = IncidentReport.objects.create(
            incident=incident, report=report, sent_at=sent_at, way=way, noted_by=by.account_id, at=at
        )
        _record("note_report", incident, by=by, at=at, report=report)
    return noted


def close_incident(*, public_id: UUID, by: Actor, at: datetime) -> Incident:
    """Close an incident; it stays as a record.

    Refuses NotYours, IncidentClosed, and ReportsMissing while nobody noted a report that the law wants.
    """
    with system("closing an incident"):
        incident = _locked(public_id, by=by)
        clocks = clocks_of(incident, incident_reports(incident))
        if missing := [clock.report for clock in clocks if clock.sent_at is None]:
            raise ReportsMissing(reports=", ".join(str(REPORTS[report]) for report in missing))
        org.close_release(act=ACT, payload={"incident": str(public_id)}, by=by, at=at)
        incident.closed_at = at
        incident.save(update_fields=["closed_at"])
        _record("close_incident", incident, by=by, at=at)
    return incident


def reopen_incident(*, public_id: UUID, by: Actor, at: datetime) -> Incident:
    """Open a closed incident again: something more became known. Refuses NotYours."""
    with system("opening an incident again"):
        incident = _locked(public_id, by=by, only_open=False)
        incident.closed_at = None
        incident.save(update_fields=["closed_at"])
        _record("reopen_incident", incident, by=by, at=at)
    return incident


_UNTOLD = """select p.id, p.incident_id, m.phone_id, f.sealed, n.language, m.unit_id, i.began_at,
  exists (select from people_suppression s where s.phone_id = m.phone_id and s.scope = 'all' and s.lifted_at is null)
 from enrolment_incident_person p join enrolment_incident i on i.id = p.incident_id
 join enrolment_membership m on m.public_id = p.member join people_phone f on f.id = m.phone_id
 join people_person n on n.id = m.person_id
 where p.queued_at is null and p.lack = '' order by p.id limit %(n)s for update of p skip locked"""


def tell_affected(*, at: datetime) -> int:
    """Queue the notice to affected people, once for each phone and incident. Returns how many people it looked at.

    A phone that said no to every message gets none. The page lists its people for another way.

    A loop, in a transaction.
    """
    rows = sql.rows(_UNTOLD, {"n": AT_ONCE})
    ring, letters, queued, lacking = keyring(), [], [], []
    for ident, incident, phone_id, sealed, language, unit_id, began_at, has_said_no in rows:
        if has_said_no:
            lacking.append(ident)
            continue
        key = f"incident|{incident}|{phone_id}"
        queued.append((ident, message_id(key)))
        with override(language or settings.LANGUAGE_CODE):
            day = date_format(timezone.localtime(began_at), "j F Y")
        letters.append(
            messaging.Outgoing(
                template=TEMPLATE,
                phone=ring.unseal(bytes(sealed), about=phone_id.bytes).decode(),
                language=language or settings.LANGUAGE_CODE,
                blanks={"day": day, "link": settings.ORIGIN + PAGE},
                key=key,
                unit_id=unit_id,
            )
        )
    messaging.send_many(messages=letters, at=at)
    IncidentPerson.objects.filter(pk__in=lacking).update(lack=SAID_NO)
    sql.run(
        "update enrolment_incident_person p set queued_at = %s, message_id = q.message"
        " from unnest(%s::bigint[], %s::uuid[]) q (id, message) where p.id = q.id",
        [at, [ident for ident, _message in queued], [message for _ident, message in queued]],
    )
    return len(rows)


def forget_affected(*, erasure: ItemsErased) -> None:
    """Drop erased people from incidents; the counts stay. In the transaction of the erasure."""
    IncidentPerson.objects.filter(member__in=erasure.item_ids).delete()


def _forget_count(incident: Incident, *, by: Actor, at: datetime) -> None:
    incident.reached_at = None
    org.close_release(act=ACT, payload={"incident": str(incident.public_id)}, by=by, at=at)


def _locked(public_id: UUID, *, by: Actor, only_open: bool = True) -> Incident:
    incident = or_refuse(Incident.objects.select_for_update().filter(public_id=public_id).first())
    require(by, WATCH, at=incident.unit_id)
    if only_open and incident.closed_at is not None:
        raise IncidentClosed
    return incident


def _record(act: str, incident: Incident, *, by: Actor, at: datetime, n: int = 1, **facts: Any) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"enrolment.{act}",
        subject=str(incident.public_id),
        unit_id=incident.unit_id,
        n=n,
        facts=facts,
    )
