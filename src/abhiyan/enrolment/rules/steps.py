"""The way from a claim to a counted member: one name for each step, and what it counts, on every page."""

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.activities import Step

UNIQUE, OPENED, RENEWED = 1, 2, 3  # a drive's own rungs: on no ladder
# What became of the question whether somebody joined: it waits for an answer, or nobody gave one.
ASKED, UNANSWERED = 4, 5
# Confirmed, by how the yes came: models.How.
BY_WORD, BY_LINK, BY_PAGE = 6, 7, 8

REPORTED = Step(
    "reported",
    _("Reported"),
    _(
        "Every call, SMS, form or paper entry. Repeat calls count each time. Until a caller joins, the call counts "
        "only in the unit that owns the drive."
    ),
    (rung.REPORTED,),
    is_before=True,
)
STEPS = (
    REPORTED,
    Step(
        "unique",
        _("Unique callers"),
        _("Different phones that called or sent an SMS."),
        (UNIQUE,),
        by_phone=True,
        is_before=True,
    ),
    Step(
        "opened",
        _("Links opened"),
        _("Callers who opened our link."),
        (OPENED,),
        by_phone=True,
        is_before=True,
    ),
    Step(
        "completed",
        _("Completed"),
        _("Form complete and valid: counted, or phone not answered yet."),
        (rung.UNSIGNED, rung.COUNTED),
    ),
    Step(
        "counted",
        _("Counted"),
        _("Completed, and the person's own phone has answered."),
        (rung.COUNTED,),
    ),
)
# The parts of *completed*.
PARTS = (
    Step(
        "new",
        _("New members"),
        _("Completed by people who were not members before."),
        (rung.UNSIGNED, rung.COUNTED),
        less=(RENEWED,),
    ),
    Step(
        "renewed",
        _("Renewed members"),
        _("Completed by members of an earlier drive."),
        (RENEWED,),
    ),
)

# The answers to our question whether they joined: on the drive's own page.
ANSWERS = (
    Step("by_word", _("Yes by SMS or WhatsApp"), _("With the code of our message."), (BY_WORD,)),
    Step("by_link", _("Yes by the link"), _("On the page that our message links to."), (BY_LINK,)),
    Step("by_page", _("Yes on their own page"), _("With the code of our message."), (BY_PAGE,)),
    Step("asked", _("Asked, waiting for an answer"), _("Asked once more after three days."), (ASKED,)),
    Step("unanswered", _("No answer in 30 days"), _("Not asked again. They stay counted."), (UNANSWERED,)),
    Step(
        "unasked",
        _("No question yet"),
        _("We ask a day after the entry. Phones that said no are not asked."),
        (rung.UNSIGNED, rung.COUNTED),
        less=(rung.CONFIRMED, ASKED, UNANSWERED),
    ),
)

DENIED = Step(
    "denied",
    _("Said “I never joined”"),
    _("Struck off. Shown in fives, a day later; who they are only the data officer reads."),
    (),
)


def rungs_beside(
    *, is_renewed: bool, is_asked: bool, is_over: bool, is_confirmed: bool, how: int | None
) -> list[int]:
    """Return the rungs a term is on besides its own. In SQL: `queries.recount.rungs_beside_query`."""
    steps = [RENEWED] if is_renewed else []
    if is_confirmed:
        return [*steps, rung.CONFIRMED, *([] if how is None else [BY_WORD - 1 + how])]
    if is_asked:
        steps.append(UNANSWERED if is_over else ASKED)
    return steps
