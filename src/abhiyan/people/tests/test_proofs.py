"""Whatever is asked and typed, in whatever order: a proof holds once, in its time, for what it was made for alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core import declared, limits
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import Scope, scoped
from abhiyan.people import actions
from abhiyan.people.actions import codes, factors
from abhiyan.people.rules import totp

from .make import AT, World, inbox

pytestmark = pytest.mark.django_db
HISTORIES = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LATER_S = st.sampled_from([0, 0, 0, 0, 1, 20, 299, 300, 301, 599, 600])
NUMBERS = count(10_000_000)


@dataclass
class Sent:
    """A code as it was asked for, and what has become of it."""

    request_id: UUID
    purpose: str
    phone: str
    session: str
    code: str
    at: datetime
    tries: int = 0
    is_used: bool = False


ASKS = st.tuples(
    st.just("ask"), st.sampled_from(["sign_in", "join", "leave"]), st.integers(0, 1), st.integers(0, 1)
)
# A try takes one code, and one part that is another's: its purpose, its phone, its browser, its digits.
TRIES = st.tuples(
    st.just("try"),
    st.integers(0, 2),
    st.sampled_from(["", "", "", "", "purpose", "phone", "session", "code"]),
)


@HISTORIES
@given(st.lists(st.tuples(st.one_of(ASKS, TRIES, TRIES, TRIES), LATER_S), min_size=6, max_size=25))
def test_a_code_is_accepted_once_within_its_time_for_its_purpose_phone_request_and_browser(
    db: None, steps: list[tuple[tuple[Any, ...], int]]
) -> None:
    limits.forget_all()
    phones = [f"+9198{next(NUMBERS)}" for _ in range(2)]
    sent: list[Sent] = []
    now = AT
    for step, later_s in steps:
        now += timedelta(seconds=later_s)
        if step[0] == "ask":
            _ask, purpose, phone, session = step
            with inbox() as told:
                request_id = actions.ask_code(
                    purpose=purpose,
                    phone=phones[phone],
                    session=f"browser {session}",
                    by=Actor(kind="public", id=uuid4(), origin="10.0.0.0"),
                    at=now,
                )
            sent.append(Sent(request_id, purpose, phones[phone], f"browser {session}", told[0].code, now))
            limits.forget_all()  # how often one may ask is another matter
            for one in sent:
                one.tries = 0
        elif sent:
            one, wrong = sent[step[1] % len(sent)], step[2]
            one.tries += 1
            try:
                proven = actions.check_code(
                    request_id=one.request_id,
                    purpose="member" if wrong == "purpose" else one.purpose,
                    phone=next(each for each in phones if each != one.phone)
                    if wrong == "phone"
                    else one.phone,
                    session="another browser" if wrong == "session" else one.session,
                    code=f"{(int(one.code) + 1) % 10**6:06d}" if wrong == "code" else one.code,
                    network="10.0.0.0",
                    at=now,
                )
            except codes.CodeSpent:
                assert one.tries > declared.CODE_REQUEST.allowed
            except codes.CodeNotRight:
                assert one.tries <= declared.CODE_REQUEST.allowed
                assert wrong or one.is_used or now >= one.at + codes.LIVES
            else:
                assert one.tries <= declared.CODE_REQUEST.allowed
                assert not wrong and not one.is_used and now < one.at + codes.LIVES
                assert proven == keyring().phone_id(one.phone)
                one.is_used = True


@HISTORIES
@given(st.lists(st.tuples(st.integers(0, 70), st.integers(-3, 3)), max_size=20))
def test_an_apps_code_is_accepted_once_and_none_before_it_afterwards(
    world: World, tried: list[tuple[int, int]]
) -> None:
    account = actions.open_account(phone=f"+9198{next(NUMBERS)}", name="Asha", by=Actor.system("test"), at=AT)
    secret = world.app(account)
    by = Actor(kind="public", id=account.public_id, account_id=account.pk)
    now, last = AT + timedelta(days=1), 0
    with scoped(Scope(account=account.pk)):
        for later_s, off in tried:
            limits.forget_all()
            now += timedelta(seconds=later_s)
            step = totp.step_at(now) + off
            try:
                factors.check_totp(account_id=account.pk, code=totp.totp_code(secret, step), by=by, at=now)
            except factors.FactorNotRight:
                assert abs(off) > totp.DRIFT or step <= last
            else:
                assert abs(off) <= totp.DRIFT and step > last
                last = step


@HISTORIES
@given(st.lists(st.integers(0, factors.RECOVERY_CODES + 1), max_size=25))
def test_each_recovery_code_signs_in_once(world: World, tried: list[int]) -> None:
    account = actions.open_account(phone=f"+9198{next(NUMBERS)}", name="Asha", by=Actor.system("test"), at=AT)
    by = Actor(kind="person", id=account.public_id, account_id=account.pk)
    with scoped(Scope(account=account.pk)):
        known = [*factors.make_recovery_codes(account_id=account.pk, by=by, at=AT), "abcdef-abcdef", ""]
        used: set[int] = set()
        for number in tried:
            limits.forget_all()
            try:
                left = factors.use_recovery_code(account_id=account.pk, code=known[number], by=by, at=AT)
            except factors.FactorNotRight:
                assert number in used or number >= factors.RECOVERY_CODES
            else:
                assert number not in used and number < factors.RECOVERY_CODES
                used.add(number)
                assert left == factors.RECOVERY_CODES - len(used)
