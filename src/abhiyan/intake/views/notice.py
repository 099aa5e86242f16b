"""The notice: what it says now, writing the next version, looking it over, publishing it."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abhiyan.core import clock, languages
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import RollKind
from abhiyan.intake.actions import notices
from abhiyan.messaging import actions as messaging
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import HeldOffice, Request
from abhiyan.people import queries as people
from abhiyan.people.actions import NoticeRenewed
from abhiyan.people.rules import standard_notice
from abhiyan.people.rules.audio import LARGEST, part
from abhiyan.people.rules.notices import (
    LONGEST_SHORT,
    NoticeText,
    missing_sections,
    other_than,
    renamed_notice,
)
from abhiyan.people.rules.standard_notice import LANGUAGES
from abhiyan.ui.acts import form_page, say_when_done, tried
from abhiyan.ui.files import sent_bytes
from abhiyan.ui.posts import post_only

LONGEST = 20_000


class AudioForm(forms.Form):
    """The notice read aloud."""

    audio = forms.FileField(
        label=gettext_lazy("Sound file"), widget=forms.FileInput(attrs={"accept": ".mp3,.m4a,.ogg"})
    )


class NoticeForm(forms.Form):
    """One box per language, only Hindi and English must be filled; `seen` is the version they began from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text_hi = forms.CharField(label=gettext_lazy("Notice in Hindi"), max_length=LONGEST)
    text_en = forms.CharField(label=gettext_lazy("Notice in English"), max_length=LONGEST)

    def __init__(self, *args: Any, before: dict[str, NoticeText], code: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before, self.offered = before, standard_notice.notice_languages(code)
        self.texts: dict[str, NoticeText] = {}
        for language in self.offered:
            name = f"text_{language}"
            if name not in self.fields:
                label = _("Notice in this language: %(name)s") % {
                    "name": languages.own_language_name(language)
                }
                self.fields[name] = forms.CharField(label=label, max_length=LONGEST, required=False)
            self.fields[name].widget = forms.Textarea(
                attrs={"rows": 24, "lang": language, "dir": "auto", "spellcheck": "true"}
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for language in self.offered:
            name = f"text_{language}"
            if not values.get(name):
                continue
            sections = self.before[language].sections if language in self.before else ()
            text = standard_notice.read_notice(values[name], language, before=sections)
            for wrong in _wrongs(text, values[name], language):
                self.add_error(name, wrong)
            self.texts[language] = text
        if self.texts and notices.is_nameless(self.texts):
            self.add_error(None, str(notices.NotNamed(organisation=settings.ORGANISATION)))
        return values


def _wrongs(text: NoticeText, typed: str, language: str) -> list[str]:
    """Say what keeps a text from being published."""
    faults = []
    if lacking := missing_sections(text):
        named = ", ".join(
            _("the title, before the first heading")
            if key == "title"
            else f"# {standard_notice.heading(key, language)}"
            for key in lacking
        )
        faults.append(_("This is missing, or has nothing beneath it: %(parts)s") % {"parts": named})
    if holes := standard_notice.holes(typed):
        faults.append(_("Fill in the text in square brackets: %(holes)s") % {"holes": " ".join(holes)})
    if not settings.DEMO and not notices.is_address_local():  # else the page says so of the whole server
        faults += [
            _("This address opens only on the server: %(address)s") % {"address": address}
            for address in dict.fromkeys(re.findall(r"https?://[\w.:\[\]-]+", typed))
            if notices.leads_here(address)
        ]
    if len(text.short) > LONGEST_SHORT:
        faults.append(
            _("The first reply has %(n)d characters. It goes out by SMS, so write at most %(most)d.")
            % {"n": len(text.short), "most": LONGEST_SHORT}
        )
    return faults


def office_of(request: Request) -> HeldOffice:
    """Return the viewer's office that publishes notices. Refuses NotYours."""
    return or_refuse(
        next(
            (
                office
                for office in request.viewer.appointments
                if notices.PUBLISH in office.capabilities and office.unit_kind in notices.LEVELS
            ),
            None,
        ),
        NotYours(capability=notices.PUBLISH),
    )


def _roll(request: Request) -> RollKind:
    """Return the roll whose notice the address means (`of`): members, unless it says otherwise. NotFound."""
    return or_refuse(rolls.of_notice(request.GET.get("of", rolls.MEMBERS.notice)))


@form_page
def notice_page(request: Request) -> HttpResponseBase:
    """Show what is in force; a POST is looked over first (step look), then published (step publish)."""
    office, roll = office_of(request), _roll(request)
    published = people.publications(roll.notice)
    latest = published[0][0] if published else 0
    if request.method != "POST":
        return _page(request, roll, published, _form(roll, latest))
    before = people.texts_of_notice(roll.notice, latest)
    form = NoticeForm(request.POST, before=before, code=roll.notice)
    if form.is_valid() and form.cleaned_data["seen"] != latest:
        return _renewed(request, roll, published, before)
    if request.POST.get("step") == "change" or not form.is_valid():
        return _page(request, roll, published, form, status=200 if form.is_valid() else 422)
    if request.POST.get("step") != "publish":
        return render(
            request,
            "intake/notice_check.html",
            _here(roll, _("Check"))
            | {
                "typed": [(name, request.POST[name]) for name in form.fields],
                "texts": _shown(form.texts),
                "version": latest + 1,
                "drives_keep": latest > 0,
            }
            | _unset(),
        )
    done = tried(
        request,
        form,
        lambda given: notices.publish(
            texts=form.texts,
            after=given["seen"],
            unit_id=office.unit_id,
            by=request.actor,
            at=clock.now(),
            code=roll.notice,
        ),
    )
    if not done:
        return _page(request, roll, published, form, status=done.status)
    say_when_done(request, _("Version %(version)d of the notice is published.") % {"version": done.value})
    return redirect(_address(roll))


def _address(roll: RollKind) -> str:
    return reverse("intake:notice") + roll.of_notice


def _renewed(
    request: Request,
    roll: RollKind,
    published: list[tuple[int, Any, list[str], bool]],
    before: dict[str, NoticeText],
) -> HttpResponseBase:
    """Show that somebody else was first: their text above, what was typed still in the boxes."""
    typed = request.POST.copy()
    typed["seen"] = str(published[0][0] if published else 0)
    form, refused = NoticeForm(typed, before=before, code=roll.notice), NoticeRenewed()
    form.add_error(None, str(refused))
    return _page(request, roll, published, form, status=refused.status)


def _here(roll: RollKind, *more: str) -> dict[str, Any]:
    crumbs = [(_("Programmes"), reverse("programmes:list"))]
    crumbs.append((_("Notice"), _address(roll) if more else ""))
    return {
        "here": "programmes",
        "crumbs": [*crumbs, *((name, "") for name in more)],
        "of": roll.of_notice,
        "code": roll.notice,
        "roll": name_in_language(roll.names),
    }


def _page(
    request: Request,
    roll: RollKind,
    published: list[tuple[int, Any, list[str], bool]],
    form: NoticeForm,
    *,
    audio: tuple[str, AudioForm] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """audio: a language whose recording was not taken, and the form that says why."""
    latest = published[0][0] if published else 0
    version_asked = whole_number(request.GET.get("version", ""), most=10**8)
    chosen = latest if version_asked is None else version_asked
    texts = people.texts_of_notice(roll.notice, chosen)
    if chosen and not texts:
        raise NotFound
    return render(
        request,
        "intake/notice.html",
        _here(roll)
        | {
            "others": [
                (name_in_language(roll_kind.names), _address(roll_kind))
                for roll_kind in rolls.EVERY
                if roll_kind is not roll
            ],
            "form": form,
            "texts": _shown(texts),
            "chosen": next((version_line for version_line in published if version_line[0] == chosen), None),
            "recordings": _recordings(roll, chosen, texts, audio),
            "audio_kb": LARGEST // 1024,
            "is_latest": chosen == latest,
            "latest": latest,
            "published": [
                (version, at, ", ".join(languages.own_language_name(language) for language in spoken), sample)
                for version, at, spoken, sample in published
            ],
        }
        | _unset(),
        status=status,
    )


def _recordings(
    roll: RollKind,
    version: int,
    texts: dict[str, NoticeText],
    refused: tuple[str, AudioForm] | None,
) -> list[tuple[str, str, bool, AudioForm]]:
    """Return for each language of a version its code and name, True if it can be heard, and the form to add a
    recording."""
    spoken, sent = people.spoken_languages(roll.notice, version), dict([refused] if refused else [])
    return [
        (language, name, language in spoken, sent.get(language) or AudioForm(auto_id=f"audio_{language}_%s"))
        for language, name, _text in _shown(texts)
    ]


@post_only("intake:notice", takes=())
def notice_audio(request: Request, number: int, language: str) -> HttpResponseBase:
    """Add a recording of a version in a language, or take it away (`end`)."""
    office, roll = office_of(request), _roll(request)
    facts: dict[str, Any] = {
        "code": roll.notice,
        "version": number,
        "language": language,
        "unit_id": office.unit_id,
        "by": request.actor,
        "at": clock.now(),
    }
    if request.POST.get("end"):
        notices.end_notice_audio(**facts)
        say_when_done(request, _("The recording is removed. You can add it again."))
        return redirect(_address(roll))
    form = AudioForm(request.POST, request.FILES, auto_id=f"audio_{language}_%s")
    done = tried(
        request, form, lambda given: notices.add_notice_audio(data=sent_bytes(given["audio"]), **facts)
    )
    if not done:
        published = people.publications(roll.notice)
        latest = published[0][0] if published else 0
        return _page(
            request, roll, published, _form(roll, latest), audio=(language, form), status=done.status
        )
    say_when_done(request, _("The recording is added. People can hear it now."))
    return redirect(_address(roll))


@require_safe
def notice_heard(request: Request, number: int, language: str) -> HttpResponse:
    """Send the recording of a version in a language: whole, or the part a player asks for."""
    found = people.audio(_roll(request).notice, number, language)
    data = bytes(found.data)
    byte_range = part(request.headers.get("Range", ""), len(data))
    first, last = byte_range or (0, len(data) - 1)
    answer = HttpResponse(data[first : last + 1], content_type=found.kind, status=206 if byte_range else 200)
    if byte_range:
        answer["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "public, max-age=3600"
    return answer


def _unset() -> dict[str, Any]:
    """Return what only the server's settings can mend, said before anything is typed and before it is published."""
    return {
        "has_name": bool(settings.ORGANISATION),
        "has_contact": bool(settings.GRIEVANCE),
        "local_address": settings.ORIGIN if notices.is_address_local() else "",
    }


def _shown(texts: dict[str, NoticeText]) -> list[tuple[str, str, NoticeText]]:
    """Return language, its own name, its text; Hindi first."""
    order = [*(language for language in LANGUAGES if language in texts), *sorted(set(texts) - set(LANGUAGES))]
    return [(language, languages.own_language_name(language), texts[language]) for language in order]


def _is_sample(roll: RollKind, version: int) -> bool:
    return any(
        sample for number, _at, _languages, sample in people.publications(roll.notice) if number == version
    )


def _form(roll: RollKind, latest: int) -> NoticeForm:
    """Return the boxes, filled with what stands, else with the standard text. A sample is nobody's own text."""
    texts = {} if latest and _is_sample(roll, latest) else people.texts_of_notice(roll.notice, latest)
    if other := other_than(people.published_by(roll.notice, latest), settings.ORGANISATION):
        texts = {code: renamed_notice(text, other, settings.ORGANISATION) for code, text in texts.items()}
    offered = standard_notice.notice_languages(roll.notice)
    for language in offered:
        if language not in texts:
            texts[language] = standard_notice.standard(
                language,
                organisation=settings.ORGANISATION,
                contact=settings.GRIEVANCE,
                page=settings.ORIGIN + reverse("enrolment:me"),
                leave_number=messaging.leave_number(),
                code=roll.notice,
            )
    typed = {f"text_{code}": standard_notice.notice_as_text(texts[code], code) for code in offered}
    return NoticeForm(before=texts, code=roll.notice, initial={"seen": latest} | typed)
