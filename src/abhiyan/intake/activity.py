"""The membership drive, as every page above and below knows it."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from abhiyan.core.numbers import grouped
from abhiyan.core.small_cells import count_in_words
from abhiyan.enrolment.actions.setting_up import NoNotice
from abhiyan.enrolment.queries.recount import (
    AGES,
    FEW_GONE,
    FEW_ITEMS,
    GONE,
    ITEMS,
    LOOKS,
    ORPHANS,
    TRIES,
    facts_for_recount,
)
from abhiyan.enrolment.rules.channels import CHANNELS, Channel
from abhiyan.enrolment.rules.measures import ACTIVE, ENROLMENTS, TALKS
from abhiyan.enrolment.rules.rolls import CONTRIBUTORS, FRIENDS, KIND, MEMBERS
from abhiyan.enrolment.rules.steps import PARTS, REPORTED, STEPS
from abhiyan.programmes.rules.activities import (
    Activity,
    CheckQuestion,
    ItemChannel,
    Items,
    MeasureTemplate,
    Need,
    Page,
    ProgrammeTemplate,
    Unplaced,
)
from abhiyan.programmes.rules.check_words import Also, CheckWords, EnteredWords
from abhiyan.programmes.rules.items import facts_of_items, items_of_measure
from abhiyan.programmes.rules.ladder import Ladder

from .actions.checked import leave_in_check
from .actions.notices import PUBLISH, is_lacking
from .queries.checked import member_to_check, sentence_of_talk, whom_of_talk, whom_of_task
from .queries.drive import stopped_by_closing
from .todo import of_drive


def counts_without_place(own: Ladder, is_owners: bool) -> list[str]:
    """Say what counts in a unit itself and in none below it: calls and forms without a place, or that name just it."""
    n = 0 if own.reported is None else own.reported
    if is_owners:
        words = ngettext(
            "%(n)s call, message or form has no place yet. It counts here, not in the rows above. A caller gets a "
            "place by joining.",
            "%(n)s calls, messages and forms have no place yet. They count here, not in the rows above. A caller gets "
            "a place by joining.",
            n,
        )
    else:
        words = ngettext(
            "%(n)s entry names this unit, and no unit below it. It counts here, not in the rows above.",
            "%(n)s entries name this unit, and no unit below it. They count here, not in the rows above.",
            n,
        )
    sentences = [words % {"n": count_in_words(own.reported)}]
    if not is_owners or own.counted is None or own.unsigned is None:
        return sentences
    if members := own.counted + own.unsigned:
        sentences.append(
            ngettext("%(n)s member has no place yet.", "%(n)s members have no place yet.", members)
            % {"n": grouped(members)}
        )
    return sentences


WORDS = CheckWords(
    opening=_(
        "Hello, I am {caller} from {organisation}. We check our member list. A computer picked you by chance. Do you "
        "have two minutes? You can say no."
    ),
    whom=_("the member"),
    yes=_("Yes, they joined and know it"),
    no=_("No, they did not join"),
    genuine=_("Genuine: they joined and know it"),
    not_genuine=_("Not genuine: they did not join, or it was different"),
    not_said=_("They did not say that they joined."),
    rule=_(
        "Genuine: the right person says that they joined. Not genuine: they deny it, it is another person, or the "
        "birth year is more than three years off. They may be unsure of the day or the way."
    ),
    leaves=_("They want to leave the organisation"),
    leave=_("If you want to leave, tell me now."),
    leave_by=_("If you want to leave, give a missed call to %(number)s, or tell me now."),
    known=(_("They joined, and will say so"), _("They never joined, and will say so")),
    had=(_("People who joined"), _("People who never joined")),
    how=_("How they joined, or are said to have"),
    day=_("Day of joining"),
    also=Also(
        label=_("They joined by another number too"),
        help=_("Ask: “Have you joined by another number too?”"),
        told=_(
            "Of %(of)s who said that they joined, %(n)s joined by another number too. We count entries, not people."
        ),
    ),
)
NOTICE = Page("intake:notice", _("Notice"), PUBLISH)
JOIN_MEANINGS = {
    "reported": REPORTED.about,
    "counted": _(
        "A valid phone, an adult, once, with the notice given. And the person's own phone took part: a call, SMS, web "
        "visit or code."
    ),
    "confirmed": _(
        "The person said yes on their own phone, at least 24 hours later. No reply is never a yes."
    ),
    "uncounted": _("Not counted: repeat entries of one person, people under age, and people who left."),
}
TALK_MEANINGS = {
    "reported": _("The organiser notes “talked”."),
    "unsigned": _("The friend's own phone has not answered yet."),
    "counted": _("Once in 30 days, with a sign from the friend's phone."),
    "confirmed": _("The friend says yes, a day later."),
    "uncounted": _("Not counted: a second talk within 30 days."),
}
TASK_MEANINGS = {
    "reported": _("The contributor says on their own phone that the task is done."),
    "counted": _("A leader confirms the first task of the contributor."),
    "confirmed": _("Nothing is confirmed here: random checks ask contributors."),
    "uncounted": _("Not counted: further tasks of one contributor, and people who left."),
}
DRIVE = Activity(
    kind=KIND,
    name=_("Membership drive"),
    templates=(
        ProgrammeTemplate(
            code=MEMBERS.template,
            names={"en": "Membership drive", "hi": "सदस्यता अभियान"},
            about={
                "en": "People join by web, missed call, a worker's app or on paper; every unit sees its own figures.",
                "hi": "लोग वेब, मिस्ड कॉल, कार्यकर्ता ऐप या काग़ज़ से जुड़ते हैं; हर इकाई अपने आँकड़े देखती है।",
            },
            measures=(MeasureTemplate(ENROLMENTS, MEMBERS.measure, MEMBERS.counts, JOIN_MEANINGS),),
            days=60,
        ),
        ProgrammeTemplate(
            code=FRIENDS.template,
            names={"en": "Friends", "hi": "मित्र"},
            about={
                "en": "People who belong to no party stay in touch. They have a roll and a notice of their own.",
                "hi": "जो किसी पार्टी में नहीं हैं, वे संपर्क में रहते हैं। उनकी अपनी सूची और अपनी सूचना होती है।",
            },
            measures=(
                MeasureTemplate(ENROLMENTS, FRIENDS.measure, FRIENDS.counts, JOIN_MEANINGS),
                MeasureTemplate(
                    TALKS,
                    "friends_spoken",
                    {"en": "Friends spoken with", "hi": "मित्रों से बातचीत"},
                    TALK_MEANINGS,
                ),
            ),
            days=180,
        ),
        ProgrammeTemplate(
            code=CONTRIBUTORS.template,
            names={"en": "Contributors", "hi": "मददगार"},
            about={
                "en": "People who want to help say what they can do and when. Leaders find them and give them tasks.",
                "hi": "जो मदद करना चाहते हैं, वे बताते हैं कि क्या और कब कर सकते हैं। पदाधिकारी उन्हें खोजकर काम देते हैं।",
            },
            measures=(
                MeasureTemplate(ENROLMENTS, CONTRIBUTORS.measure, CONTRIBUTORS.counts, JOIN_MEANINGS),
                MeasureTemplate(
                    ACTIVE,
                    "contributors_active",
                    {"en": "Contributors who did a task", "hi": "काम कर चुके मददगार"},
                    TASK_MEANINGS,
                ),
            ),
            days=365,
        ),
    ),
    channels=(
        *CHANNELS,
        ItemChannel(Channel.TALK, _("Talk with an organiser")),
        ItemChannel(Channel.TASK, _("Task of a contributor")),
    ),
    steps=STEPS,
    parts=PARTS,
    page=Page("intake:drive", _("How people join")),
    days=Page("intake:drive_funnel", _("Day by day")),
    beside=(NOTICE,),
    public=(
        Page("intake:join", _("Want to join? Become a member")),
        Page("enrolment:me", _("Joined already? See, correct or leave")),
    ),
    needs=(
        Need(
            NOTICE,
            NoNotice.message,
            is_lacking,
            title=_("Publish the notice"),
            about=_("What people read before they join: what we keep about them, and why."),
            act=_("Write"),
        ),
    ),
    owes=of_drive,
    unplaced=Unplaced(
        counts_without_place, Page("enrolment:unplaced", _("Give them a place"), "enrolment.place")
    ),
    stops=stopped_by_closing,
    facts=f"{facts_for_recount()} union all {facts_of_items(KIND)}",
    ages=AGES,
    orphans=ORPHANS,
    items=(
        Items(
            ENROLMENTS,
            ITEMS,
            GONE,
            FEW_ITEMS,
            FEW_GONE,
            LOOKS,
            TRIES,
            questions=(
                CheckQuestion(
                    "how",
                    _("How"),
                    _("Have you lately done anything to join an organisation? What did you do?"),
                ),
                CheckQuestion("when", _("When"), _("When was that?")),
                CheckQuestion("born", _("Year of birth"), _("In which year were you born?")),
            ),
            whom=member_to_check,
            leave=leave_in_check,
            words=WORDS,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s people entered"),
                _("%(n)s calls and forms became no entry."),
            ),
        ),
        items_of_measure(
            KIND,
            measure=TALKS,
            entered=EnteredWords(
                pgettext_lazy("of a frame", "%(n)s talks with friends"),
                worked=ngettext_lazy("%(n)s talk with a friend", "%(n)s talks with friends", "many"),
            ),
            questions=(
                CheckQuestion(
                    "who",
                    _("Who spoke with you"),
                    _("Did somebody of the organisation speak with you lately? Who?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was that?")),
            ),
            whom=whom_of_talk,
            sentence=sentence_of_talk,
        ),
        items_of_measure(
            KIND,
            measure=ACTIVE,
            entered=EnteredWords(pgettext_lazy("of a frame", "%(n)s contributors who did a task")),
            questions=(
                CheckQuestion(
                    "what",
                    _("What they did"),
                    _("Did you lately do something for the organisation? What was it?"),
                ),
                CheckQuestion("when", _("When"), _("On which day was that?")),
            ),
            whom=whom_of_task,
        ),
    ),
    fills_roll=True,
)
