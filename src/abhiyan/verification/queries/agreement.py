"""The verifiers of a frame: what each made of their checks, beside the others."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from uuid import UUID

from abhiyan.core import sql
from abhiyan.people import queries as people
from abhiyan.verification.models import VISITS, Check, Frame
from abhiyan.verification.rules.agreement import FALSE, PAIRS, Tally, Unlike, unlike
from abhiyan.verification.rules.estimates import kappa
from abhiyan.verification.rules.outcomes import GONE, NOT_FINISHED, NOT_REACHED
from abhiyan.verification.rules.passing import IN_LINE

QUICK_S = 60  # a check told within a minute: nobody greets, asks and listens in less

# Each check somebody took, with the seconds its last try took, and for a second check what the first found and who.
# One that ended by itself is as if it were open.
_TAKEN = f"""
select c.verifier_id, c.stratum_id, c.arm,
    case when c.reason in ('{GONE}', '{NOT_FINISHED}') then '' else c.outcome end,
    c.reason = '{NOT_REACHED}', c.is_known_genuine,
    extract(epoch from c.done_at - coalesce(t.begun_at, c.taken_at))::float, f.verifier_id, f.outcome,
    c.arm in ({", ".join(map(str, VISITS))}) or s.is_phoneless
  from verification_check c join verification_stratum s on s.id = c.stratum_id
  left join lateral (select max(a.begun_at) as begun_at from contact_attempt a
    where a.room = 'verification' and a.about = c.id and a.account_id = c.verifier_id) t on true
  left join verification_check f on c.arm = {Check.Arm.SECOND} and f.arm = {Check.Arm.RANDOM}
    and f.stratum_id = c.stratum_id and f.place = c.place
 where c.frame_id = %s and c.verifier_id is not null"""
_PASSED = f"""
select p.account_id, count(*) from verification_passed p join verification_check c on c.id = p.check_id
 where c.frame_id = %s and p.reason <> '{IN_LINE}' group by 1"""


class AgreementQuestion(StrEnum):
    """The share of a verifier's checks that is held beside the others'."""

    GENUINE = "genuine"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"
    PLANTED = "planted"  # told wrongly
    QUICK = "quick"


_ONLY_MORE = (
    AgreementQuestion.PLANTED,
    AgreementQuestion.QUICK,
)  # fewer of these than others is nothing to ask about


@dataclass(frozen=True, slots=True)
class _Check:
    verifier: int
    stratum: int
    arm: int
    outcome: str
    is_not_reached: bool
    is_known_genuine: bool | None
    seconds: float | None
    first_by: int | None
    first: str | None
    is_visit: bool

    @property
    def is_drawn(self) -> bool:
        return self.arm in (Check.Arm.RANDOM, Check.Arm.VISIT)

    @property
    def is_planted(self) -> bool:
        return self.arm == Check.Arm.PLANTED

    @property
    def is_told(self) -> bool:
        return self.outcome in (Check.Outcome.GENUINE, Check.Outcome.NOT_GENUINE)

    @property
    def is_right(self) -> bool:
        return (self.outcome == Check.Outcome.GENUINE) == self.is_known_genuine


@dataclass(slots=True)
class VerifierChecks:
    """One verifier's checks of a frame. Outcomes are those of drawn items alone: planted and aimed ones are apart.

    taken: of every kind; pairs: second checks of the same item by two, and kappa their agreement (None: too few
    pairs, or it says nothing); passed: handed back or let lie; seconds: median from the beginning of the last try to
    the end, of checks in which somebody told. unlike: where they differ from the others by more than luck.
    """

    account_id: int
    name: str = ""
    public_id: UUID | None = None
    taken: int = 0
    genuine: int = 0
    not_genuine: int = 0
    refused: int = 0
    not_reached: int = 0
    planted: int = 0
    planted_right: int = 0
    pairs: int = 0
    kappa: float | None = None
    seconds: float | None = None
    passed: int = 0
    unlike: dict[AgreementQuestion, Unlike[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verifiers:
    """All verifiers of a frame, and how the second checks of all agree."""

    each: list[VerifierChecks]
    pairs: int
    kappa: float | None


def verifiers_of(frame: Frame) -> Verifiers:
    """Return the verifiers of a frame, most checks first. In a scope that sees the checks."""
    checks = [_Check(*row) for row in sql.rows(_TAKEN, [frame.pk])]
    check_rows: dict[int, list[_Check]] = defaultdict(list)
    pairs: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for check_row in checks:
        check_rows[check_row.verifier].append(check_row)
        if check_row.first and check_row.first_by is not None and check_row.is_told:
            pairs[check_row.verifier].append((check_row.first, check_row.outcome))
            pairs[check_row.first_by].append((check_row.first, check_row.outcome))
    names, accounts, passed = (
        people.names_of_accounts(check_rows),
        people.accounts(check_rows),
        dict(sql.rows(_PASSED, [frame.pk])),
    )
    stand_out = _unlike(checks)
    lines = []
    for account_id, own in check_rows.items():
        drawn = [one for one in own if one.is_drawn]
        n_by_outcome = Counter(one.outcome for one in drawn)
        known = [one for one in own if one.is_planted and one.is_told]
        took = [one.seconds for one in own if one.is_told and one.seconds is not None]
        lines.append(
            VerifierChecks(
                account_id,
                names.get(account_id, ""),
                accounts[account_id].public_id if account_id in accounts else None,
                taken=len(own),
                genuine=n_by_outcome[Check.Outcome.GENUINE],
                not_genuine=n_by_outcome[Check.Outcome.NOT_GENUINE],
                refused=n_by_outcome[Check.Outcome.REFUSED],
                not_reached=sum(one.is_not_reached for one in drawn),
                planted=len(known),
                planted_right=sum(one.is_right for one in known),
                pairs=len(pairs[account_id]),
                kappa=_kappa(pairs[account_id]),
                seconds=median(took) if took else None,
                passed=passed.get(account_id, 0),
                unlike={
                    question: unlike_by_id[account_id]
                    for question, unlike_by_id in stand_out.items()
                    if account_id in unlike_by_id
                },
            )
        )
    second = [(one.first, one.outcome) for one in checks if one.first and one.is_told]
    return Verifiers(
        sorted(lines, key=lambda verifier_checks: (-verifier_checks.taken, verifier_checks.name)),
        len(second),
        _kappa(second),
    )


def _kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa; None of too few pairs."""
    return kappa(pairs) if len(pairs) >= PAIRS else None


def _unlike(checks: Iterable[_Check]) -> dict[AgreementQuestion, dict[int, Unlike[int]]]:
    """Return the verifiers who differ from the others, by question.

    All questions together name somebody wrongly at `FALSE`.
    """
    tallies: dict[AgreementQuestion, dict[int, dict[object, Tally]]] = {
        question: defaultdict(dict) for question in AgreementQuestion
    }
    for check_row in checks:
        for question in AgreementQuestion if check_row.outcome else ():
            if (answer := _held(question, check_row)) is not None:
                part, has = answer
                hits, n = tallies[question][check_row.verifier].get(part, (0, 0))
                tallies[question][check_row.verifier][part] = hits + has, n + 1
    return {
        question: {
            unlike_one.key: unlike_one
            for unlike_one in unlike(tally_by_id, false=FALSE / len(AgreementQuestion))
            if question not in _ONLY_MORE or unlike_one.share > unlike_one.others
        }
        for question, tally_by_id in tallies.items()
    }


def _held(question: AgreementQuestion, check_row: _Check) -> tuple[object, bool] | None:
    """Return the part a finished check is compared within, and whether it has what is asked; None where it says
    nothing."""
    if question is AgreementQuestion.QUICK:
        return (check_row.is_visit, check_row.seconds is not None and check_row.seconds < QUICK_S)
    if question is AgreementQuestion.PLANTED:
        return (
            (check_row.is_known_genuine, not check_row.is_right)
            if check_row.is_planted and check_row.is_told
            else None
        )
    if not check_row.is_drawn or (question is AgreementQuestion.GENUINE and not check_row.is_told):
        return None
    is_so = (
        check_row.is_not_reached
        if question is AgreementQuestion.NOT_REACHED
        else check_row.outcome == question
    )
    return (check_row.stratum, check_row.arm), is_so
