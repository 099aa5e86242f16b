"""What the rules find in a plan, as sentences in the active language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.elections.rules.findings import Finding
from abhiyan.ui import numbers

# Where a fact decides between one and many, it is named with "many_" before it: the number as it is.
SENTENCES = {
    "seats_above_all": ngettext_lazy(
        "The goal is %(goal)s seat, and there are %(seats)s.",
        "The goal is %(goal)s seats, and there are %(seats)s.",
        "many_goal",
    ),
    "seats_unreachable": ngettext_lazy(
        "The goal is %(goal)s seat. No swing wins more than %(most)s: in the others this side had no candidate, or"
        " they were set by hand or locked below what wins.",
        "The goal is %(goal)s seats. No swing wins more than %(most)s: in the others this side had no candidate, or"
        " they were set by hand or locked below what wins.",
        "many_goal",
    ),
    "votes_above_turnout": _(
        "The goal is %(goal)s votes. Likely to be polled, by everybody together, are %(likely)s: %(over)s fewer."
    ),
    "votes_above_electors": _(
        "The goal is %(goal)s votes, and there are %(electors)s electors: %(over)s fewer."
    ),
    "votes_unreachable": _(
        "The goal is %(goal)s votes. With the seats set by hand, locked, or without a candidate of this side no swing"
        " brings more than %(most)s."
    ),
    "votes_short_of_seats": _(
        "The goals do not fit together: %(votes)s votes are worth %(worth)s seats, and %(seats)s seats need"
        " %(needed)s votes."
    ),
    "share_short_of_seats": ngettext_lazy(
        "The goals do not fit together: %(seats)s seat needs %(needed_pct)s of the votes, the goal is %(share_pct)s.",
        "The goals do not fit together: %(seats)s seats need %(needed_pct)s of the votes, the goal is %(share_pct)s.",
        "many_seats",
    ),
    "share_and_votes_differ": _(
        "The goals do not fit together: %(votes)s votes are %(votes_pct)s of those likely, the goal is %(share_pct)s."
    ),
    "share_below_winners": ngettext_lazy(
        "In %(seats)s seat the last winner, who was not of this side, had more than the share aimed at,"
        " %(share_pct)s: %(highest_pct)s. A share that holds on the whole need not hold there.",
        "In %(seats)s seats the last winner, who was not of this side, had more than the share aimed at,"
        " %(share_pct)s; the highest had %(highest_pct)s. A share that holds on the whole need not hold there.",
        "many_seats",
    ),
    "seats_below_goal": ngettext_lazy(
        "As it stands the plan wins %(seats)s seat; the goal is %(goal)s.",
        "As it stands the plan wins %(seats)s seats; the goal is %(goal)s.",
        "many_seats",
    ),
    "parts_differ": _(
        "The seats’ votes come to %(parts)s and the goal is %(whole)s: a difference of %(difference)s."
    ),
    "seat_above_turnout": _(
        "%(seat)s: %(votes)s votes are planned, %(over)s more than are likely to be polled (%(likely)s)."
    ),
    "seat_above_electors": _(
        "%(seat)s: %(votes)s votes are planned, %(over)s more than there are electors (%(electors)s)."
    ),
    "turnout_unknown": ngettext_lazy(
        "A turnout of %(turnout_pct)s cannot be applied where the electors are not known: %(seats)s seat. As many"
        " votes as last time are taken as likely there.",
        "A turnout of %(turnout_pct)s cannot be applied where the electors are not known: %(seats)s seats. As many"
        " votes as last time are taken as likely there.",
        "many_seats",
    ),
    "seat_below_winner": _(
        "%(seat)s is counted as won with %(share_pct)s; last time the winner had %(winner_pct)s there."
    ),
    "cascade_gap": _(
        "%(seat)s: what is locked below it does not fit its %(votes)s votes. The numbers stand and do not sum: unlock"
        " or change one, then pass it down anew."
    ),
    "cascade_left": _(
        "%(seat)s: units that had votes below it have moved and got theirs elsewhere: %(units)s. What is left below it"
        " does not sum. Pass it down anew."
    ),
    "cascade_moved": _(
        "%(seat)s: units that had votes below it have moved, changed or closed: %(units)s, of them locked %(locks)s."
        " Its votes were passed down anew among the units that stand there now."
    ),
    "cascade_lost": _(
        "%(seat)s: of the %(units)s units its votes were passed down to none stands below it any more, so the new"
        " version passes nothing down there."
    ),
    "part_above_electors": _(
        "%(seat)s: units below it that are given more votes than they have electors: %(units)s. The worst has %(votes)s"
        " votes and %(electors)s electors."
    ),
    "turnout_changed": _("Turnout moves from %(from_pct)s to %(to_pct)s, in each seat by the same points."),
    "result_incomplete": _(
        "The last result is incomplete: %(seats)s of %(all)s seats. The plan is of those, not of the whole."
    ),
    "goals_reached": _("The last result reaches these goals already: the swing is a loss."),
    "never_won": ngettext_lazy(
        "%(seats)s seat is won at no swing of this kind.",
        "%(seats)s seats are won at no swing of this kind.",
        "many_seats",
    ),
    "stood_apart": _(
        "%(seat)s: won last time with %(winner)s votes against candidates of one side who stood against each other."
        " Together they had %(best)s, this side %(ours)s; the plan counts a side’s votes together."
    ),
    "beaten_apart": _(
        "%(seat)s: lost last time to a candidate with %(winner)s votes, since candidates of this side stood against"
        " each other. Together they had %(ours)s; the plan counts a side’s votes together."
    ),
    "won_by_lot": _(
        "%(seat)s: won last time by lot, with %(ours)s votes each. The plan wins it with more, not with as many."
    ),
    "did_not_stand": _(
        "%(seat)s: this side had no candidate there, so no swing moves it. Set it by hand if one is to stand."
    ),
    "result_missing": _("%(seat)s: votes were cast, but none are known. It is not counted."),
    "electors_unknown": _(
        "%(seat)s: how many electors it has is not known. As many votes as last time, %(polled)s, are taken as likely."
    ),
    "without_vote": _("%(seat)s: one candidate stood and nobody voted, so there are no votes to move."),
}
# What is said once of all the seats it holds for, and how it is said of several.
OF_SEVERAL = {
    "did_not_stand": SENTENCES["did_not_stand"],
    "result_missing": SENTENCES["result_missing"],
    "without_vote": SENTENCES["without_vote"],
    "seat_below_winner": _(
        "%(seat)s are counted as won with a smaller share than the last winner had there: where there are many"
        " candidates that can be so."
    ),
    "electors_unknown": _(
        "%(seat)s: how many electors each has is not known. As many votes as last time are taken as likely there."
    ),
}
NAMED = 30


def sentences(findings: Iterable[Finding], seats: Mapping[int, str]) -> list[str]:
    """Findings in words, in their order; what is the same of several seats in one sentence that names them."""
    found = list(findings)
    alike: dict[str, list[str]] = {}
    for each in found:
        if each.code in OF_SEVERAL and each.key is not None:
            alike.setdefault(each.code, []).append(seats.get(each.key, str(each.key)))
    told: dict[str, str] = {}
    for number, each in enumerate(found):
        names = alike.get(each.code, [])
        if len(names) < 2 or each.key is None:
            told[str(number)] = sentence(each, seats)
        elif each.code not in told:
            listed, more = ", ".join(names[:NAMED]), len(names) - NAMED
            if more > 0:
                listed = gettext("%(names)s and %(n)s more") % {"names": listed, "n": numbers.grouped(more)}
            told[each.code] = str(OF_SEVERAL[each.code]) % {"seat": listed}
    return list(told.values())


def sentence(finding: Finding, seats: Mapping[int, str]) -> str:
    """A finding in words. seats: name of each seat by its contest."""
    facts: dict[str, str | int] = {name: written(name, value) for name, value in finding.facts.items()}
    facts |= {f"many_{name}": int(value) for name, value in finding.facts.items()}
    if finding.key is not None:
        facts["seat"] = seats.get(finding.key, str(finding.key))
    said: str = SENTENCES[finding.code] % facts  # not made a string before: it chooses its form by the facts
    return said


def written(name: str, value: float) -> str:
    return f"{value:.1f}%" if name.endswith("_pct") else numbers.grouped(value)
