"""Shapes of the API's requests and answers.

Both the checks at the door and openapi.json are made from these, so they agree. A shape bounds types and sizes.
The act asks, claim by claim, for a mobile number, an adult's year and a unit of the drive.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

MOST_CLAIMS = 1_000  # in one request
MOST_FAULTS = 100  # named in one refusal
LONGEST_KEY = 200
MOST_INT4 = 2**31 - 1

Purpose = Literal["membership", "calls", "messages"]


class _Taken(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ClaimIn(_Taken):
    """One message that somebody joins."""

    model_config = ConfigDict(
        title="Claim",
        json_schema_extra={
            "examples": [
                {
                    "key": "list-17/row-4",
                    "phone": "98765 43210",
                    "name": "Sunita Devi",
                    "birth_year": 1980,
                    "notice_version": 1,
                    "language": "hi",
                }
            ]
        },
    )

    key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=LONGEST_KEY,
            description="Your own key of this claim, for ever: sent again, it finds its first answer. "
            "Or give the header Idempotency-Key.",
        ),
    ] = None
    phone: Annotated[
        str,
        Field(
            min_length=1,
            max_length=100,
            description="Mobile number as people write it; ten digits are Indian.",
        ),
    ]
    name: Annotated[
        str | None,
        Field(
            max_length=1_000,
            description="In letters of any script, with . , ' - ( ) / among them, at most 200.",
        ),
    ] = None
    birth_year: Annotated[int | None, Field(ge=0, le=9_999, description="Only adults may join.")] = None
    says_adult: Annotated[
        bool,
        Field(
            description="They said themselves that they are 18 or older; asked when the year alone is open."
        ),
    ] = False
    unit: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Code of the booth, village or ward; left out when unknown. A PIN code is not taken: it names "
            "no unit.",
        ),
    ] = None
    field_at: Annotated[
        AwareDatetime | None,
        Field(description="When it happened, with zone; left out: now. At most an hour ahead of our clock."),
    ] = None
    notice_version: Annotated[
        int | None,
        Field(
            ge=1,
            le=MOST_INT4,
            description="Version of the notice the person was given: one of those published for the drive; "
            "any other is refused (code notice_unknown), and nothing of the claim is kept.",
        ),
    ] = None
    language: Annotated[str, Field(max_length=20, description="Language of the notice, such as hi.")] = ""
    worker: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=100,
            description="Mobile number of the worker who wrote this down: somebody who holds an office in the token's "
            "units, or has held one since the drive opened. Any other is refused (code worker_unknown).",
        ),
    ] = None
    consents: Annotated[
        list[Purpose] | None,
        Field(max_length=10, description="Purposes agreed to; left out: membership only."),
    ] = None


class ClaimsIn(_Taken):
    """Up to a thousand claims, stored in one commit."""

    model_config = ConfigDict(title="Claims")

    claims: Annotated[list[ClaimIn], Field(min_length=1, max_length=MOST_CLAIMS)]


class Accepted(BaseModel):
    """The claim is on disk. It is silent about what the register knows of the phone: a token can only write."""

    outcome: Literal["accepted"]
    receipt: Annotated[
        str, Field(pattern="^[0-9a-f]{32}$", description="The same for every resend of this key, for ever.")
    ]


class Fault(BaseModel):
    """One thing that does not fit."""

    item: Annotated[int | None, Field(description="Which claim of the request, from 0.")] = None
    field: str
    message: str


class Refusal(BaseModel):
    """Why nothing was stored, in the language asked for by Accept-Language (hi, en)."""

    outcome: Literal["refused"]
    code: Annotated[str, Field(description="For machines; stable.")]
    field: Annotated[str, Field(description="What it concerns; empty: the request as a whole.")]
    message: Annotated[str, Field(description="For people: what is wrong and what to do.")]
    errors: Annotated[
        list[Fault] | None,
        Field(
            description=f"Each thing that does not fit, the first {MOST_FAULTS} of them: of all claims of a batch."
        ),
    ] = None
    faults: Annotated[int | None, Field(description="How many there are in all; given with errors.")] = None


class ItemAccepted(Accepted):
    status: Literal[201]


class ItemRefused(Refusal):
    status: int


class Answers(BaseModel):
    """One answer per claim, in the order sent."""

    answers: list[ItemAccepted | ItemRefused]


one_claim = TypeAdapter(ClaimIn).validator.validate_json
many_claims = TypeAdapter(ClaimsIn).validator.validate_json
