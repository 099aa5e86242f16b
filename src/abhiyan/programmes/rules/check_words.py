"""The words of verification for an activity's items: for verifiers, answers and planners of checks."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Also:
    """One more question to who says yes. told: what came of it, with %(n)s of %(of)s."""

    label: Text
    help: Text
    told: Text


@dataclass(frozen=True, slots=True)
class EnteredWords:
    """The words of one measure for what a frame holds; each activity declares its own (`Items.entered`).

    items: a number of them, with %(n)s, as the sentence about them begins: "Of 8,387 people entered". no_entry: what
    was reported and became none of them, with %(n)s; empty where nothing else is reported. worked: the same number in
    a worker's own week, by `ngettext_lazy` of "many", with %(n)s; None: `items` serves.
    """

    items: Text
    no_entry: Text = ""
    worked: Text | None = None


# Words for an activity that no room registers any more.
ANY_ENTERED = EnteredWords(pgettext_lazy("of a frame", "%(n)s entries"))


@dataclass(frozen=True, slots=True)
class CheckWords:
    """The words of checks of one measure. An activity replaces those of GENERAL that it says otherwise.

    opening: a verifier's first words, with slots as in `programmes.rules.spoken`. `whom`: the person a visitor asks for
    without a name. yes, no: what the answers mean; genuine, not_genuine: the results; not_said: why one does not fit.
    rule: a line for verifiers that says what makes an item genuine.
    leaves, leave: that they want to be on no list, as noted, and as offered; leave_by: the same with a %(number)s.
    known, had: of people with a known answer, yes and no; how, day: what is written of them.
    """

    opening: Text
    whom: Text
    yes: Text
    no: Text
    genuine: Text
    not_genuine: Text
    not_said: Text
    leaves: Text
    leave: Text
    known: tuple[Text, Text]
    had: tuple[Text, Text]
    how: Text
    day: Text
    rule: Text = ""
    leave_by: Text = ""
    also: Also | None = None


GENERAL = CheckWords(
    opening=_(
        "Hello, I am {caller} from {organisation}. We check what was reported to us. A computer picked you by chance. "
        "Do you have two minutes? You can say no."
    ),
    whom=_("the person concerned"),
    yes=_("Yes, it was so, and they know of it"),
    no=_("No, it was not so"),
    genuine=_("Genuine: it was so"),
    not_genuine=_("Not genuine: it was not so, or it was different"),
    not_said=_("They did not say that it was so."),
    rule=_(
        "Genuine: the right person says that it was so. Not genuine: they deny it, or it was somebody else. They may "
        "be unsure of the day."
    ),
    leaves=_("They want no more calls and messages"),
    leave=_("If you want no more calls, tell me now."),
    known=(_("It was so, and they will say so"), _("It was not so, and they will say so")),
    had=(_("People who will say yes"), _("People who will say no")),
    how=_("How it was reported, or is said to have been"),
    day=_("Its day"),
)
