"""Rolls that a template of the drive fills: members, friends and contributors. Each has its own notice."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ORGANISER_OFFICE = "friends_organiser"  # who stays in touch with friends


@dataclass(frozen=True, slots=True)
class RollKind:
    """One roll and what is said on its way in.

    template: of the programmes that fill it. code, names: of the roll as it is kept. notice: code of the notice people
    read first. measure, counts: code and names of what its programmes count. mark: how the codes of its
    SMS texts and the purposes of its one-time codes end. gives_way: who joins another roll leaves this one, and nobody
    of another joins it. stands_beside: its people may be on any other roll too.
    list: what people call it within a sentence. has_card: its people have a card.
    asks_why: they may say why they join, and have a link of their own. asks_skills: they say what they can do.
    The other fields: words of pages.
    """

    template: str
    code: str
    names: dict[str, str]
    notice: str
    measure: str
    counts: dict[str, str]
    mark: str
    gives_way: bool
    stands_beside: bool
    become: Promise
    about: Promise
    needs_consent: Promise
    consent: Promise
    joined: Promise
    already: Promise
    title: Promise
    number: Promise
    since: Promise
    people: Promise
    list: Promise
    keeping: Promise
    has_card: bool
    asks_why: bool
    asks_skills: bool

    def heading(self, name: str) -> str:
        """Return what the last page of joining says to somebody by name."""
        return str(self.joined) % {"name": name}

    @property
    def of_notice(self) -> str:
        """Return the end of an address of its notice."""
        return "" if self is MEMBERS else f"?of={self.notice}"


MEMBERS = RollKind(
    template="membership_drive",
    code="primary",
    names={"en": "Primary members", "hi": "प्राथमिक सदस्य"},
    notice="membership",
    measure="enrolments",
    counts={"en": "Members enrolled", "hi": "जुड़े सदस्य"},
    mark="",
    gives_way=False,
    stands_beside=False,
    become=_("Become a member"),
    about=_("You belong to the organisation. You get a member number and a card."),
    consent=_("I have read or heard the notice. Make me a member."),
    needs_consent=_("Nobody can be made a member without this consent."),
    joined=_("%(name)s, you are a member"),
    already=_("You were a member already. Nothing was added twice."),
    title=_("Your membership"),
    number=_("Member number"),
    since=_("Member since"),
    people=_("Members"),
    list=_("member list"),
    keeping=_("Keeping the roll of members"),
    has_card=True,
    asks_why=False,
    asks_skills=False,
)
FRIENDS = RollKind(
    template="friends",
    code="friends",
    names={"en": "Friends", "hi": "मित्र"},
    notice="friends",
    measure="friends",
    counts={"en": "Friends", "hi": "मित्र"},
    mark=".friend",
    gives_way=True,
    stands_beside=False,
    become=_("Become a friend"),
    about=_("You belong to no party and want to stay in touch."),
    consent=_("I have read or heard the notice. I belong to no party. Make me a friend."),
    needs_consent=_("Nobody can be made a friend without this consent."),
    joined=_("%(name)s, you are a friend"),
    already=_("You were a friend already. Nothing was added twice."),
    title=_("Your friendship"),
    number=_("Friend number"),
    since=_("Friend since"),
    people=_("Friends"),
    list=_("list of friends"),
    keeping=_("Keeping the list of friends"),
    has_card=False,
    asks_why=True,
    asks_skills=False,
)
CONTRIBUTORS = RollKind(
    template="contributors",
    code="contributors",
    names={"en": "Contributors", "hi": "मददगार"},
    notice="contributors",
    measure="contributors",
    counts={"en": "Contributors", "hi": "मददगार"},
    mark=".contributor",
    gives_way=False,
    stands_beside=True,
    become=_("I want to help"),
    about=_("You help with what you can do, without pay. You need not be a member."),
    consent=_("I have read or heard the notice. I want to help, without pay. Make me a contributor."),
    needs_consent=_("Nobody can be made a contributor without this consent."),
    joined=_("%(name)s, you are a contributor"),
    already=_("You were a contributor already. Nothing was added twice."),
    title=_("Your help"),
    number=_("Contributor number"),
    since=_("Contributor since"),
    people=_("Contributors"),
    list=_("list of contributors"),
    keeping=_("Keeping the list of contributors"),
    has_card=False,
    asks_why=False,
    asks_skills=True,
)
EVERY = (MEMBERS, FRIENDS, CONTRIBUTORS)
_BY_TEMPLATE = {roll_kind.template: roll_kind for roll_kind in EVERY}
_BY_CODE = {roll_kind.code: roll_kind for roll_kind in EVERY}
_BY_NOTICE = {roll_kind.notice: roll_kind for roll_kind in EVERY}


def of_template(template: str) -> RollKind:
    """Return the roll that programmes of a template fill."""
    return _BY_TEMPLATE.get(template, MEMBERS)


def of_roll(code: str) -> RollKind:
    """Return the words of a roll, by its code."""
    return _BY_CODE.get(code, MEMBERS)


def of_notice(code: str) -> RollKind | None:
    """Return the roll whose notice has this code; None: there is no such notice."""
    return _BY_NOTICE.get(code)


_TO_FRIENDS = {
    "is_friend": _("%(name)s is a friend, confirmed on %(day)s."),
    "off": _("This entry is no longer on the list of friends, and does not count."),
    "gone": _("This friendship has ended"),
    "listed": _("On %(when)s, %(by)s put this phone (•%(last4)s) on our list of friends."),
    "somebody": _("On %(when)s, somebody became a friend with this phone (•%(last4)s)."),
    "became": _("On %(when)s, %(name)s became a friend with this phone (•%(last4)s)."),
    "wants": _("I want to be a friend"),
}
_TO_CONTRIBUTORS = {
    "is_friend": _("%(name)s is a contributor, confirmed on %(day)s."),
    "off": _("This entry is no longer on the list of contributors, and does not count."),
    "gone": _("This person no longer helps"),
    "listed": _("On %(when)s, %(by)s put this phone (•%(last4)s) on our list of contributors."),
    "somebody": _("On %(when)s, somebody became a contributor with this phone (•%(last4)s)."),
    "became": _("On %(when)s, %(name)s became a contributor with this phone (•%(last4)s)."),
    "wants": _("I want to help"),
}
_QUESTION_WORDS = {FRIENDS.code: _TO_FRIENDS, CONTRIBUTORS.code: _TO_CONTRIBUTORS}


def question_words(roll: str, *, name: str, by: str, last4: str, when: str, confirmed: str) -> dict[str, str]:
    """Return what the page of our question says to people of a roll, where members read other words; else nothing."""
    blanks = {"name": name, "by": by, "last4": last4, "when": when, "day": confirmed}
    return {key: str(text) % blanks for key, text in _QUESTION_WORDS.get(roll, {}).items()}


KIND = "drive"
