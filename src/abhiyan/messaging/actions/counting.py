"""Count the phones a bulk send would reach, part by part: a million keeps neither a page nor a lock waiting."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import jobs
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.messaging import sends as reads
from abhiyan.messaging.models import Send, Template
from abhiyan.messaging.rules import bulk
from abhiyan.messaging.rules.counting import PART, Count

FRESH = timedelta(hours=1)


class NotCounted(Refused, status=409):
    message = _("Count again first: the number is more than an hour old.")


def count_later(send: Send, templates: Mapping[str, Template], *, at: datetime) -> None:
    """Count an audience again, small ones at once, others by a job. The caller saves the send, in its transaction."""
    _take_print(send, templates)
    count = _begun(send, templates, at)
    if count.is_done:
        _finish(send, count)
    else:
        send.counting = count.kept()
        arguments = {"public_id": str(send.public_id)}
        jobs.later("messaging.count_send", str(send.public_id), at=at, **arguments)


def be_counted(send: Send, templates: Mapping[str, Template], *, at: datetime) -> None:
    """Have the figures of this moment, of a large audience those of the last hour. The caller saves the send.

    Refuses NotCounted.
    """
    _take_print(send, templates)
    count = _begun(send, templates, at)
    if count.is_done:
        _finish(send, count)
    elif send.counted_at is None or send.counted_at < at - FRESH:
        raise NotCounted


def count_next(*, public_id: UUID) -> bool:
    """Count one part more of a send, in one commit. Return True if more is left to count. By a job."""
    with system("counting whom a bulk send reaches"):
        send = Send.objects.filter(public_id=public_id).exclude(counting=None).first()
        before = send.counting if send is not None else None
        if send is None or before is None:
            return False
        count = _gone_on(send, reads.wordings(send.text), Count.read(before))
        send.counting = count.kept()
        if count.is_done:
            _finish(send, count)
        # Skip this if somebody began again meanwhile, or threw it away.
        Send.objects.filter(pk=send.pk, counting=before).update(
            counting=send.counting,
            counted=send.counted,
            counted_at=send.counted_at,
            n_asked=send.n_asked,
            parts_asked=send.parts_asked,
        )
    return True


def give_up_count(*, public_id: UUID) -> None:
    """The job failed for good: somebody counts again."""
    with system("counting whom a bulk send reaches"):
        Send.objects.filter(public_id=public_id).update(counting=None)


def _take_print(send: Send, templates: Mapping[str, Template]) -> None:
    """Take the print of everything that is approved."""
    send.sha256 = bulk.print_of(
        {
            "texts": {language: bulk.sha256(template.text) for language, template in templates.items()},
            "given": send.given,
            "audience": send.audience,
            "hierarchy": send.hierarchy,
            "units": send.units,
        }
    )


def _begun(send: Send, templates: Mapping[str, Template], at: datetime) -> Count:
    """A count as far as a page may wait for it."""
    count = Count(at)
    while not count.is_done and count.found.seen < PART:
        count = _gone_on(send, templates, count)
    return count


def _gone_on(send: Send, templates: Mapping[str, Template], count: Count) -> Count:
    return count.went_on(
        reads.count_phones(send, templates, after=count.after, until=count.until, at=count.at)
    )


def _finish(send: Send, count: Count) -> None:
    reached_phones = count.found
    send.counted, send.n_asked, send.parts_asked = (
        dict(reached_phones.by_reason),
        reached_phones.n,
        reached_phones.parts,
    )
    send.counted_at, send.counting = count.at, None
