"""Several requests that are alike, answered together: chosen, looked over, sent; many with a second person's yes."""

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import audit, clock, languages
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.helpdesk import actions, queries
from abhiyan.helpdesk.actions import many as acts
from abhiyan.helpdesk.actions.lines import may_be_written
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import tickets as rules
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import act_page, form_page, say_when_done, tried

from .desk import HelplineAnswerForm, address_of_desk, letter_said, parts_said
from .rows import with_words


class ManyForm(forms.Form):
    """Ask one text for each language of the askers."""

    is_done = HelplineAnswerForm.base_fields["is_done"]
    reason = forms.CharField(
        label=_("Why do they get one answer?"),
        help_text=_("The person who approves it reads this."),
        required=False,
        max_length=300,
    )

    def __init__(self, *args: Any, spoken: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {
            f"text_{language_code}": forms.CharField(
                label=say("Your answer in %(language)s")
                % {"language": languages.own_language_name(language_code)},
                max_length=rules.LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": 4, "lang": language_code}),
            )
            for language_code in spoken
        }
        self.fields = {**texts, **self.fields}

    def texts(self) -> dict[str, str]:
        """By language."""
        return {
            name.removeprefix("text_"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("text_")
        }


@form_page
def many(request: Request) -> HttpResponseBase:
    """The open requests of a list, those due first: which of them get one answer, and the answer; then once more, with
    what would go out."""
    at = clock.now()
    desk_address = address_of_desk(request, at=at)
    tickets = list(
        queries.tickets(desk_address.wanted, at=at)
        .filter(state=Ticket.State.OPEN)
        .order_by("due_at", "pk")[: acts.MOST]
    )
    # Beforehand all are chosen where they are of one kind: a complaint gets no answer about a code by oversight.
    alike = tickets if len({ticket.kind for ticket in tickets}) == 1 else []
    chosen = (
        set(request.POST.getlist("ticket"))
        if request.method == "POST"
        else {str(ticket.pk) for ticket in alike}
    )
    some = [ticket for ticket in tickets if str(ticket.pk) in chosen]
    spoken = sorted({ticket.language for ticket in (some or tickets)})
    form = ManyForm(request.POST if request.method == "POST" else None, spoken=spoken)
    step = request.POST.get("step", "")
    is_alone = len(some) <= acts.ALONE
    if not is_alone and step == "send":
        form.fields["reason"].required = True

    def act(given: dict[str, Any]) -> int | None:
        facts: dict[str, Any] = {
            "tickets": [ticket.pk for ticket in some],
            "texts": form.texts(),
            "is_done": given["is_done"] == "yes",
            "by": request.actor,
            "at": at,
        }
        if step != "send":
            return None
        if is_alone:
            return actions.answer_many(**facts)
        unit_id = (
            desk_address.here.unit.id
            if desk_address.here
            else request.viewer.home and request.viewer.home.unit_id
        )
        actions.ask_answer_many(unit_id=unit_id or 0, reason=given["reason"], **facts)
        return 0

    if not some and request.method == "POST":
        form.add_error(None, str(acts.NobodyAsked()))
    done = tried(request, form, act)
    back = desk_address.address(reverse("helpdesk:tickets"))
    if done and step == "send":
        if is_alone:
            _say(request, done.value or 0, of=len(some))
        else:
            say_when_done(request, say("Request sent. Approvals lists who can approve it."))
        return redirect(back)
    audit.record(
        by=request.actor,
        at=at,
        act="helpdesk.read_tickets",
        unit_id=request.viewer.home.unit_id if request.viewer.home else None,
        n=len(tickets),
    )
    is_looking = bool(done)
    context = {
        "here": "helpline",
        "crumbs": [(say("Helpline"), back), (say("Answer several at once"), "")],
        "rows": with_words(some if is_looking else tickets, request.viewer, at=at),
        "chosen": chosen,
        "form": form,
        "is_looking": is_looking,
        "is_alone": is_alone,
        "alone": acts.ALONE,
        "most": acts.MOST if len(tickets) == acts.MOST else 0,
        "back": back,
        **(_preview(some, form) if is_looking else {}),
    }
    return render(request, "helpdesk/many.html", context, status=200 if done else done.status)


def _preview(some: list[Ticket], form: ManyForm) -> dict[str, Any]:
    """Return what would go out: how many in each language, as how many SMS, and to how many phones nothing."""
    spoken = Counter(ticket.language for ticket in some)
    firsts = {ticket.language: ticket for ticket in reversed(some)}
    is_done = form.cleaned_data["is_done"] == "yes"
    texts = form.texts()
    with system("which of several may be answered by SMS"):
        silent = sum(not may_be_written(ticket) for ticket in some)
    return {
        "n": len(some),
        "outgoing": [
            (
                languages.own_language_name(language_code),
                n,
                letter_said(firsts[language_code], texts[language_code], is_done=is_done),
                parts_said(firsts[language_code], texts[language_code]),
                language_code,
            )
            for language_code, n in sorted(spoken.items())
        ],
        "silent": silent,
        "kept": [
            *(("ticket", str(ticket.pk)) for ticket in some),
            *((f"text_{language_code}", text) for language_code, text in texts.items()),
            ("is_done", form.cleaned_data["is_done"]),
        ],
    }


def _say(request: Request, n: int, *, of: int) -> None:
    sentence = ngettext("%(n)s request answered.", "%(n)s requests answered.", n) % {"n": grouped(n)}
    if n < of:
        sentence += " " + say(
            "The others were answered meanwhile, or their phones got enough messages today."
        )
    say_when_done(request, sentence)


@form_page
def many_approved(request: Request, release: UUID) -> HttpResponseBase:
    """Send an answer to many that a second person approved."""
    releases = org.releases().filter(
        asked_by=request.viewer.account_id or 0, act=acts.MANY, expires_at__gt=clock.now()
    )
    found = releases.filter(public_id=release).first()
    if found is None:
        raise NotFound
    n = len(found.payload["tickets"])

    def done(answered: int) -> HttpResponseBase:
        _say(request, answered, of=n)
        return redirect("helpdesk:tickets")

    return act_page(
        request,
        lambda _given: actions.answer_approved(release=release, by=request.actor, at=clock.now()),
        title=_("Answer several at once"),
        text=[*replies_in_words(found), _("Each of them can be opened again and answered once more.")],
        button=_("Send the answers"),
        done=done,
        back=reverse("helpdesk:tickets"),
        is_open=found.state == Release.State.RELEASED,
        here="helpline",
        crumbs=[(say("Helpline"), reverse("helpdesk:tickets")), (say("Answer several at once"), "")],
    )


def replies_in_words(release: Release) -> list[str]:
    """Say exactly what would be sent, to the approving person."""
    n = len(release.payload["tickets"])
    return [
        ngettext("%(n)s request gets this answer:", "%(n)s requests get this answer:", n) % {"n": grouped(n)},
        *(
            f"{languages.own_language_name(language_code)}: {text}"
            for language_code, text in release.payload["texts"].items()
        ),
        say("They are asked whether it is solved.")
        if release.payload["is_done"]
        else say("The requests stay open."),
    ]


def replies_page(release: Release) -> str:
    """Return the address where an approved answer is sent."""
    return reverse("helpdesk:many_approved", args=[release.public_id])
