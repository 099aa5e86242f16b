"""Write a plan's findings as sentences in the active language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.elections.rules.findings import PlanFinding
from abhiyan.ui import numbers

# A fact that decides between one and many is named with "many_" before it: the number as it is.
SENTENCES = {
    "seats_above_all": ngettext_lazy(
        "The goal is %(goal)s seat, and there are %(seats)s.",
        "The goal is %(goal)s seats, and there are %(seats)s.",
        "many_goal",
    ),
    "seats_unreachable": ngettext_lazy(
        "%(goal)s seat cannot be reached: at most %(most)s. In the others this side had no "
        "candidate, or you fixed too few votes.",
        "%(goal)s seats cannot be reached: at most %(most)s. In the others this side had no "
        "candidate, or you fixed too few votes.",
        "many_goal",
    ),
    "votes_above_turnout": _(
        "The goal is %(goal)s votes. All voters together will likely cast %(likely)s, %(over)s fewer."
    ),
    "votes_above_electors": _(
        "The goal is %(goal)s votes. There are only %(electors)s electors, %(over)s fewer."
    ),
    "votes_unreachable": _(
        "%(goal)s votes cannot be reached: at most %(most)s. Some seats are fixed, or this "
        "side had no candidate there."
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
        "In %(seats)s seat the last winner, of another side, had more than your goal of "
        "%(share_pct)s (%(highest_pct)s). Your goal may not be enough there.",
        "In %(seats)s seats the last winner, of another side, had more than your goal of "
        "%(share_pct)s (up to %(highest_pct)s). Your goal may not be enough there.",
        "many_seats",
    ),
    "seats_below_goal": ngettext_lazy(
        "The plan now wins %(seats)s seat; the goal is %(goal)s.",
        "The plan now wins %(seats)s seats; the goal is %(goal)s.",
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
        "A turnout of %(turnout_pct)s cannot be used in %(seats)s seat, where the electors "
        "are not known. There we take as many votes as last time.",
        "A turnout of %(turnout_pct)s cannot be used in %(seats)s seats, where the electors "
        "are not known. There we take as many votes as last time.",
        "many_seats",
    ),
    "seat_below_winner": _(
        "%(seat)s: the plan wins it with %(share_pct)s; last time the winner had %(winner_pct)s there."
    ),
    "cascade_gap": _(
        "%(seat)s: the locked numbers below it do not fit its %(votes)s votes. Unlock or "
        "change one, then pass its votes down again."
    ),
    "cascade_left": _(
        "%(seat)s: units below it have moved and got votes elsewhere: %(units)s. What is "
        "left does not add up. Pass its votes down again."
    ),
    "cascade_moved": _(
        "%(seat)s: units below it have moved, changed or closed: %(units)s, of them locked "
        "%(locks)s. Its votes were passed down again among today's units."
    ),
    "cascade_lost": _(
        "%(seat)s: its votes went to units that are no longer below it (%(units)s). The new "
        "version passes nothing down there."
    ),
    "part_above_electors": _(
        "%(seat)s: units below it with more votes than electors: %(units)s. The worst has "
        "%(votes)s votes and %(electors)s electors."
    ),
    "turnout_changed": _("Turnout moves from %(from_pct)s to %(to_pct)s, in each seat by the same points."),
    "result_incomplete": _(
        "The last result is incomplete: %(seats)s of %(all)s seats. The plan covers only these."
    ),
    "goals_reached": _("The last result reaches these goals already: the swing is a loss."),
    "never_won": ngettext_lazy(
        "No such swing wins %(seats)s seat.",
        "No such swing wins %(seats)s seats.",
        "many_seats",
    ),
    "stood_apart": _(
        "%(seat)s: won last time with %(winner)s votes, because candidates of the other side "
        "stood against each other. Together they had %(best)s, this side %(ours)s; the plan "
        "adds up each side’s votes."
    ),
    "beaten_apart": _(
        "%(seat)s: candidates of this side stood against each other and lost to one with "
        "%(winner)s votes. Together they had %(ours)s; the plan adds up each side’s votes."
    ),
    "won_by_lot": _(
        "%(seat)s: won last time by lot, with %(ours)s votes each. To win, the plan needs "
        "more votes than the other side, not as many."
    ),
    "did_not_stand": _(
        "%(seat)s: this side had no candidate there, so a swing changes nothing. If one is "
        "to stand, set the votes by hand."
    ),
    "result_missing": _("%(seat)s: votes were cast, but none are known. It is not counted."),
    "electors_unknown": _(
        "%(seat)s: the number of electors is not known. We take as many votes as last time, "
        "%(polled)s, as likely."
    ),
    "without_vote": _("%(seat)s: one candidate stood and nobody voted, so there are no votes to move."),
}
# A sentence said once of all its seats, and its form for several.
OF_SEVERAL = {
    "did_not_stand": SENTENCES["did_not_stand"],
    "result_missing": SENTENCES["result_missing"],
    "without_vote": SENTENCES["without_vote"],
    "seat_below_winner": _(
        "%(seat)s: the plan wins these with a smaller share than the last winner had. That "
        "can happen where many candidates stand."
    ),
    "electors_unknown": _(
        "%(seat)s: the number of electors is not known. We take as many votes as last time as likely."
    ),
}
NAMED = 30


def findings_in_words(findings: Iterable[PlanFinding], seats: Mapping[int, str]) -> list[str]:
    """Findings in words, in their order; what is the same of several seats in one sentence that names them."""
    plan_findings = list(findings)
    alike: dict[str, list[str]] = {}
    for plan_finding in plan_findings:
        if plan_finding.code in OF_SEVERAL and plan_finding.key is not None:
            alike.setdefault(plan_finding.code, []).append(seats.get(plan_finding.key, str(plan_finding.key)))
    text_by_code: dict[str, str] = {}
    for number, plan_finding in enumerate(plan_findings):
        names = alike.get(plan_finding.code, [])
        if len(names) < 2 or plan_finding.key is None:
            text_by_code[str(number)] = finding_words(plan_finding, seats)
        elif plan_finding.code not in text_by_code:
            listed, more = ", ".join(names[:NAMED]), len(names) - NAMED
            if more > 0:
                listed = gettext("%(names)s and %(n)s more") % {"names": listed, "n": numbers.grouped(more)}
            text_by_code[plan_finding.code] = str(OF_SEVERAL[plan_finding.code]) % {"seat": listed}
    return list(text_by_code.values())


def finding_words(finding: PlanFinding, seats: Mapping[int, str]) -> str:
    """A finding in words. seats: name of each seat by its contest."""
    facts: dict[str, str | int] = {name: value_in_words(name, value) for name, value in finding.facts.items()}
    facts |= {f"many_{name}": int(value) for name, value in finding.facts.items()}
    if finding.key is not None:
        facts["seat"] = seats.get(finding.key, str(finding.key))
    text: str = SENTENCES[finding.code] % facts  # not made a string before: it chooses its form by the facts
    return text


def value_in_words(name: str, value: float) -> str:
    return f"{value:.1f}%" if name.endswith("_pct") else numbers.grouped(value)
