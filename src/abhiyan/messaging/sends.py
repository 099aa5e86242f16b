"""Read bulk texts and sends: the people one would reach, what has become of it, where, and what it cost."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock, environment, small_cells, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import organisation_name
from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.polls import queries as polls
from abhiyan.polls.rules.polling import Polling
from abhiyan.units import queries as units

from .models import Send, Template
from .queries import SendRecipient, about_audience, open_hours, stop_number
from .rules import audiences, bulk, counting, gate, hours, texts
from .rules.counting import ReachedPhones

WEEK = timedelta(days=7)  # of the caps
PAUSED, STOPPED = "paused", "stopped"  # why a message of a send does not leave


def texts_in_force() -> QuerySet[Template]:
    """Bulk texts that take new sends, each language a row; to be ordered."""
    return Template.objects.filter(code__startswith=bulk.PREFIX, is_active=True)


def bulk_text_versions(code: str) -> list[Template]:
    """Every version of a bulk text in every language, the newest first. NotFound."""
    rows = Template.objects.filter(code__startswith=f"{bulk.PREFIX}{bulk.bulk_text_key(code)}.")
    templates = list(rows.order_by("-version", "language")) if bulk.bulk_text_key(code) else []
    return or_refuse(templates or None)  # nothing found is no list either


def wordings(code: str) -> dict[str, Template]:
    """A bulk text by language; none where there is no such text."""
    if not code.startswith(bulk.PREFIX):
        return {}
    return {
        template.language: template for template in Template.objects.filter(code=code).order_by("language")
    }


def names_of_texts(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of bulk texts, by code."""
    return dict(Template.objects.filter(code__in=set(codes)).values_list("code", "name"))


def sends(state: str = "") -> QuerySet[Send]:
    """Bulk sends in the viewer's sight, all or those in a state; to be ordered and paged."""
    return Send.objects.filter(state=state) if state else Send.objects.all()


def send_for(viewer: Viewer, public_id: UUID) -> Send:
    """One send in the viewer's sight, or NotFound."""
    return or_refuse(Send.objects.filter(public_id=public_id).first() if viewer.is_signed_in else None)


def halted(ids: Collection[int]) -> dict[int, str]:
    """Return, by the key of a send, why nothing more of it leaves, as its messages say it. In system scope."""
    if not ids:
        return {}
    found = Send.objects.filter(pk__in=ids, state__in=(Send.State.PAUSED, Send.State.STOPPED))
    return {
        key: PAUSED if state == Send.State.PAUSED else reason or STOPPED
        for key, state, reason in found.values_list("pk", "state", "reason")
    }


def rechecked_sends(ids: Collection[int]) -> list[Send]:
    """Return the sends, of these keys, whose audience says again who gets a message as it leaves. In system scope.

    No query where no audience is such.
    """
    codes = audiences.rechecked_audiences()
    if not ids or not codes:
        return []
    return [
        send
        for send in Send.objects.filter(pk__in=ids)
        if audiences.read_audience(send.audience)[0].code in codes
    ]


_AGAIN = "select each.phone_id, each.reason from ({}) each where each.phone_id = any(%(phones)s)"


def reasons_now(send: Send, phones: Collection[UUID], *, at: datetime) -> dict[UUID, str]:
    """Say why phones of a send get nothing, or ""; who is no longer in its audience is left out. In system scope."""
    audience, _choice = audiences.read_audience(send.audience)
    params = about_audience(send, counting.FIRST, counting.LAST, at) | {"phones": list(phones)}
    return dict(sql.rows(_AGAIN.format(audience.rows), params))


# Ask as the sender does: where the people of the phone live, and if it or a person has had its outreach of seven days.
_COUNTED = """select each.language, case when %(rests)s then array_append(on_it.units, each.unit_id)
 else coalesce(on_it.units, array[each.unit_id]) end, each.reason,
 each.reason = '' and (%(per_week)s = 0 or exists (select from messaging_reached r
 where r.subject = any(on_it.persons || each.phone_id) and r.last_at > %(week)s and (select count(*)
 from jsonb_each_text(r.taken) t where t.value::timestamptz > %(week)s) >= %(per_week)s)) as is_full, count(*)
 from ({}) each left join lateral (select array_agg(distinct p.unit_id) as units, array_agg(p.id) as persons
 from people_person p where p.phone_id = each.phone_id and p.left_at is null and p.merged_into is null) on_it on true
 group by 1, 2, 3, 4"""
# A phone we do not keep cannot be sent to.
_NEXT = """select each.phone_id, each.language, each.unit_id, each.reason, ph.sealed, ph.last4
 from ({}) each join people_phone ph on ph.id = each.phone_id order by each.phone_id limit %(n)s"""


def count_phones(
    send: Send, templates: Mapping[str, Template], *, after: UUID, until: UUID, at: datetime
) -> ReachedPhones:
    """Count the phones between two that a send would reach if it began at the next opening, as the gate says. In system
    scope, since noes and consents are private."""
    audience, _choice = audiences.read_audience(send.audience)
    hours_ = open_hours()
    when = hours.next_opening(at, settings.TIME_ZONE, hours_)
    capped = {"week": when - WEEK, "per_week": environment.OUTREACH_PER_WEEK(), "rests": audience.rests}
    count_rows = sql.rows(_COUNTED.format(audience.rows), about_audience(send, after, until, at) | capped)
    polling = polls.polling(
        {tuple(lived_in): lived_in for _language, lived_in, *_more in count_rows}, at=when
    )
    parts_of = {
        language_code: texts.count_sms(text) for language_code, text in as_sent(send, templates).items()
    }
    by_reason: Counter[str] = Counter()
    gets = parts = 0
    for language, lived_in, reason, is_full, n in count_rows:
        if reason:
            by_reason[reason] += n
            continue
        text = templates[bulk.language_for(language, templates, settings.LANGUAGE_CODE)]
        verdict = gate.gate(
            gate.GateMessage(
                audience.kind,
                send.text,
                when,
                is_registered=bool(text.registration),
                is_certified=certificate_of(text).covers(text.text, clock.day_in(settings.TIME_ZONE, when)),
                rests=audience.rests,
            ),
            gate.GateRecipient(
                settings.TIME_ZONE,
                polling.get(tuple(lived_in), Polling()),
                is_consented=True,
                capped_until=when + WEEK if is_full and audience.kind == texts.OUTREACH else None,
            ),
            at=when,
            hours=hours_,
        )
        by_reason[verdict.reason] += n
        if verdict.may != gate.May.DROP:
            gets, parts = gets + n, parts + n * parts_of[text.language]
    return ReachedPhones(dict(by_reason), gets, parts)


def certificate_of(text: Template) -> bulk.Certificate:
    """The certificate of a text; one that covers nothing where it has none."""
    return bulk.Certificate(
        text.certificate, text.certificate_from, text.certificate_until, text.certificate_sha256
    )


def next_phones(send: Send, *, after: UUID, until: UUID, n: int, at: datetime) -> list[SendRecipient]:
    """The next n phones of a send behind one, up to another, in the order of their ids. In system scope."""
    audience, _choice = audiences.read_audience(send.audience)
    return sql.each(
        SendRecipient, _NEXT.format(audience.rows), {**about_audience(send, after, until, at), "n": n}
    )


def as_sent(send: Send, templates: Mapping[str, Template]) -> dict[str, str]:
    """Exactly what a send says, by language."""
    stop = stop_number()
    return {
        language: _filled(template, send.given[language], stop=stop)
        for language, template in templates.items()
    }


def sample_text(template: Template) -> str:
    """A text as it arrives, about: its variables stay as they are, and the number to stop is made up."""
    blanks = {name: f"{{{name}}}" for name in bulk.variables(template.text)}
    return _filled(template, blanks, stop="1800 000 0000")


def _filled(template: Template, given: Mapping[str, str], *, stop: str) -> str:
    blanks = {"organisation": organisation_name(template.language), "stop": stop}
    return texts.fill_text(template.text, blanks | dict(given))


def price(parts: int) -> float:
    """Return the price of parts of SMS here, in rupees."""
    return bulk.rupees(parts, paise=environment.SMS_PRICE())


@dataclass(frozen=True, slots=True)
class Progress:
    """A send's messages have come this far. held: reason -> how many got nothing; waiting: queued, not gone yet."""

    waiting: int
    sent: int
    delivered: int
    failed: int
    held: dict[str, int]
    parts: int

    @property
    def gone(self) -> int:
        """Count how many have left, whatever their receipt says."""
        return self.sent + self.delivered

    @property
    def cost(self) -> float:
        return price(self.parts)


NONE = Progress(0, 0, 0, 0, {}, 0)
_PROGRESS = """select m.send_id, m.state, case when m.state in ('dropped', 'held') then m.reason else '' end, count(*),
 sum(m.parts) from messaging_message m where m.send_id = any(%s) group by 1, 2, 3"""


def progress_of(sends_: Iterable[Send]) -> dict[int, Progress]:
    """Return the progress of sends, by their keys. In system scope: the page has asked who may read it."""
    rows = sql.rows(_PROGRESS, [[send.pk for send in sends_]])
    return {key: _progress([row[1:] for row in rows if row[0] == key]) for key in {row[0] for row in rows}}


def _progress(rows: Sequence[tuple[str, str, int, int]]) -> Progress:
    n: dict[str, int] = {}
    n_by_reason: dict[str, int] = {}
    for state, reason, count, _parts in rows:
        n[state] = n.get(state, 0) + count
        if state in ("dropped", "held"):
            n_by_reason[reason] = n_by_reason.get(reason, 0) + count
    waiting = n.get("queued", 0) + n.get("leased", 0)
    parts = sum(row[3] or 0 for row in rows)
    return Progress(waiting, n.get("sent", 0), n.get("delivered", 0), n.get("failed", 0), n_by_reason, parts)


@dataclass(frozen=True, slots=True)
class SendBelow(units.BoardUnit):
    """A send has come this far in one unit below another."""

    waiting: int
    sent: int
    delivered: int
    failed: int
    held: int
    parts: int

    @property
    def n(self) -> int:
        return self.waiting + self.sent + self.delivered + self.failed + self.held

    @property
    def cost(self) -> float:
        return price(self.parts)


_BELOW = """select p.lo, m.waiting, m.sent, m.delivered, m.failed, m.held, m.parts from (
 select unit_id, count(*) filter (where state in ('queued', 'leased')) as waiting,
 count(*) filter (where state = 'sent') as sent, count(*) filter (where state = 'delivered') as delivered,
 count(*) filter (where state = 'failed') as failed, count(*) filter (where state in ('dropped', 'held')) as held,
 sum(parts) as parts from messaging_message where send_id = %(send)s group by 1) m
 join units_placement p on p.unit_id = m.unit_id and p.hierarchy = %(hierarchy)s and p.lo is not null"""


def progress_below(send: Send, unit_id: int) -> list[SendBelow]:
    """Return what became of a send in each unit directly beneath one that it went to. In system scope."""
    values = {"send": send.pk}
    _whole, below = units.unit_board(SendBelow, _BELOW, values, unit_id=unit_id, hierarchy=send.hierarchy)
    return sorted((row for row in below if row.n), key=lambda row: row.code)


_CHARGED = """select s.programme_id, count(distinct s.id), count(m.id) filter (where m.state in ('sent', 'delivered')),
 coalesce(sum(m.parts), 0)::int from messaging_send s left join messaging_message m on m.send_id = s.id
 where s.id = any(%s) and s.started_at is not null group by 1 order by 4 desc"""


@dataclass(frozen=True, slots=True)
class Charged:
    """The sends of one programme have cost this."""

    programme_id: int
    sends: int
    sent: int
    parts: int

    @property
    def cost(self) -> float:
        return price(self.parts)


def charged() -> list[Charged]:
    """Return what bulk sends in the viewer's sight cost, by programme (0: by none)."""
    seen = list(Send.objects.values_list("pk", flat=True))
    with system("what bulk sends cost"):
        return sql.each(Charged, _CHARGED, [seen])


# Holders of offices: who they are is known to everybody of the state; what their phones said is not.
HOLDERS = """select distinct on (a.phone_id) a.phone_id, a.language, ap.unit_id,
 case when x.scope = 'all' then 'suppressed' else '' end as reason
 from org_appointment ap join org_office o on o.id = ap.office_id
 join people_account a on a.id = ap.account_id and a.closed_at is null join people_phone ph on ph.id = a.phone_id
 join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ %(places)s::int8multirange
 left join people_suppression x on x.phone_id = a.phone_id and x.lifted_at is null
 where ap.state = 'active' and ap.starts_on <= %(day)s and (ap.ends_on is null or ap.ends_on >= %(day)s)
 and %(of)s in ('', o.code) and a.phone_id > %(after)s and a.phone_id <= %(until)s order by a.phone_id, o.rank"""


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "j M, H:i")


def _in_tens(n: int) -> str:
    return small_cells.seen_count(n, is_exact=False)


def told_to_decide(release: Release) -> list[str]:
    """Say what a bulk send would do, to its approver: how many people, what it costs, and the exact texts."""
    n, parts = release.payload["n"], release.payload["parts"]
    sentences = [
        _("%(n)s people get it, in %(parts)s SMS parts.") % {"n": _in_tens(n), "parts": _in_tens(parts)}
    ]
    send = Send.objects.filter(public_id=release.payload["send"]).first()
    first = None
    if "counted_at" in release.payload:
        first = datetime.fromisoformat(release.payload["counted_at"])
        sentences.append(_("Counted %(when)s.") % {"when": _moment(first)})
    if send is not None:
        if send.counted_at and send.counted_at != first:
            again = {"when": _moment(send.counted_at), "n": _in_tens(send.n_asked)}
            sentences.append(_("Counted again %(when)s: %(n)s people would get it.") % again)
        sentences.append(audiences.audience_name(send.audience))
        sentences += as_sent(send, wordings(send.text)).values()
    return sentences
