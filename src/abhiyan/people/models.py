"""Persons, phones, accounts, notices and consents.

Phone, Person and Consent are big tables: one derived UUID key each, no other unique constraint, no foreign keys.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    EVERYTHING,
    IN_A_SCOPE,
    PEOPLE,
    PHONE,
    REASON,
    SESSION,
    SYSTEM,
    Policy,
    open_to_all,
    placed_sql,
    policies,
    private,
)

from .models_email import EmailAddress as EmailAddress  # noqa: PLC0414  # read from here, kept beside
from .models_emergency import EmergencyStop as EmergencyStop  # noqa: PLC0414  # others read it from here
from .models_field import FieldHeld as FieldHeld  # noqa: PLC0414  # other rooms read these two from here
from .models_field import FieldPhone as FieldPhone  # noqa: PLC0414
from .models_field import FieldPicture, FieldReceipt  # noqa: F401  # tables of this room, kept beside
from .models_words import PersonWord as PersonWord  # noqa: PLC0414  # search reads it from here
from .models_words import UnheardPeople  # noqa: F401  # a table of this room, kept beside

# The session's account before it is known: evaluated once per query, not per row.
SIGNED_IN = f"(select ps.account_id from people_session ps where ps.key = {SESSION})"

OWN_SESSION = f"(key = {SESSION} or account_id = {ACCOUNT})"


class Phone(models.Model):
    """A phone: to find it, to dial it, to show it. Seen by who sees a person on it who has not left."""

    id = models.UUIDField(primary_key=True)  # first 16 bytes of the hash
    hash = models.BinaryField()  # keyed, 32 bytes
    sealed = models.BinaryField()  # E.164, AES-256-GCM bound to the id
    last4 = models.TextField()

    class Meta:
        db_table = "people_phone"
        constraints = [
            *private(
                "phone",
                using=f"id = {PHONE} or exists (select 1 from people_person pp where pp.phone_id = people_phone.id)",
                write=SYSTEM,
            ),
            Policy(name="phone_gateway", to=("gateway",), using="true"),
        ]


class Person(models.Model):
    """A human being the organisation knows: name and birth year, a phone, a place. No more."""

    id = models.UUIDField(primary_key=True)  # first 6 bytes of the phone's hash, 10 derived
    public_id = models.UUIDField()
    phone_id = models.UUIDField()
    name = models.TextField(null=True)
    birth_year = models.SmallIntegerField(null=True)
    language = models.TextField(default="", db_default="")
    unit_id = models.BigIntegerField()
    at = models.DateTimeField()
    merged_into = models.UUIDField(null=True)  # the same human being, entered twice: the entry that stays
    left_at = models.DateTimeField(null=True)  # then no office reads the row, only the phone itself
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_person"
        indexes = [
            models.Index(
                fields=["phone_id"], name="person_phone"
            ),  # used by: phone's policy, people on one phone
            models.Index(fields=["unit_id", "-at"], name="person_unit"),  # used by: People of a unit
            # used by: names that may not go up in a text
            models.Index(
                fields=["unit_id"],
                name="person_left",
                condition=models.Q(left_at__isnull=False, name__isnull=False),
            ),
        ]
        constraints = [
            *private(
                "person",
                using=f"phone_id = {PHONE}"
                f" or (left_at is null and ({EVERYTHING} or {placed_sql('people_person.unit_id', PEOPLE)}))",
                write=SYSTEM,
            ),
            Policy(name="person_gateway", to=("gateway",), using="true"),
        ]


class Notice(models.Model):
    """A notice text of one purpose set, in one language, in one version (DPDP Act s.5). Never changed once used."""

    has_audio: bool  # of those `queries.notice` has read; no column

    code = models.TextField()  # such as "membership"
    version = models.IntegerField()
    language = models.TextField()
    title = models.TextField()
    sections = models.JSONField()  # ordered pairs of heading and text
    short = models.TextField()  # for the first reply to a call or an SMS
    audio_number = models.TextField(default="", db_default="")
    published_at = models.DateTimeField()
    is_sample = models.BooleanField(default=False, db_default=False)
    # ABHIYAN_ORGANISATION as it was then. Empty: a sample, or none was set.
    organisation = models.TextField(default="", db_default="")

    class Meta:
        db_table = "people_notice"
        constraints = [
            models.UniqueConstraint(fields=["code", "version", "language"], name="notice_once"),
            *open_to_all("notice"),
        ]


class NoticeAudio(models.Model):
    """A notice read aloud in one language of a version. Taken away it stays, as what people heard."""

    code = models.TextField()
    version = models.IntegerField()
    language = models.TextField()
    kind = models.TextField()  # media type
    data = models.BinaryField()
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_notice_audio"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version", "language"],
                condition=models.Q(ended_at=None),
                name="notice_audio_once",
            ),
            *open_to_all("notice_audio"),
        ]


class Purpose(models.IntegerChoices):
    """A consent is for one of these. One row each; off unless given (DPDP Act s.6)."""

    MEMBERSHIP = 1, _("Keeping the roll of members")
    CALLS = 2, _("Calls")
    MESSAGES = 3, _("Messages")


class Consent(models.Model):
    """One person's yes to one purpose, with its proof; withdrawn, it stays as what it was."""

    id = models.UUIDField(primary_key=True)  # first 6 bytes of the phone's hash, 10 derived
    person_id = models.UUIDField()
    unit_id = models.BigIntegerField()
    purpose = models.SmallIntegerField(choices=Purpose.choices)
    notice_version = models.IntegerField()
    language = models.TextField(default="", db_default="")
    channel = models.SmallIntegerField()
    by = models.UUIDField()  # the person, or who wrote it down
    device = models.TextField(default="", db_default="")
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_channel = models.SmallIntegerField(null=True)

    class Meta:
        db_table = "people_consent"
        indexes = [models.Index(fields=["person_id"], name="consent_person")]  # used by: my membership, gate
        constraints = [
            *policies(
                "consent",
                using=f"{placed_sql('people_consent.unit_id', PEOPLE)} or exists"
                " (select 1 from people_person pp where pp.id = people_consent.person_id)",
                write=SYSTEM,
            ),
            Policy(name="consent_gateway", to=("gateway",), using="true"),
        ]


class Suppression(models.Model):
    """This phone said no. Outlives everything but the phone's own word, restores included."""

    phone_id = models.UUIDField(primary_key=True)  # keyed hash: says nothing without the key
    scope = models.TextField()  # outreach, all
    channel = models.SmallIntegerField()
    at = models.DateTimeField()
    rolls = ArrayField(
        models.IntegerField(), default=list, db_default=[]
    )  # enrolment's, that the phone has left since it last took a no back
    lifted_at = models.DateTimeField(null=True)  # by the phone itself

    class Meta:
        db_table = "people_suppression"
        constraints = [
            *private("suppression", using=f"phone_id = {PHONE}", write=SYSTEM),
            Policy(name="suppression_gateway", to=("gateway",), using="true"),
        ]


class LastSign(models.Model):
    """A phone we keep last wrote, answered or showed a code at this time, to the day. Besides its claims, it shows that
    its number is still in use by the people we know.

    A table of its own, for the hot path never meets its rows. Locks: before those of phones.
    """

    phone_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "people_last_sign"
        constraints = private("last_sign", using=f"phone_id = {PHONE}", write=SYSTEM)


class Erasure(models.Model):
    """A person who had everything erased: what is sealed of them until the purge, and what keeps others' lists from
    bringing them back. It outlives the purge, without what was sealed."""

    id = models.UUIDField(primary_key=True)  # derived from person and instant: replayed, it is the same
    person_id = models.UUIDField()
    phone_id = models.UUIDField()
    who = models.BinaryField()  # keyed digest of phone, name and birth year: says nothing without the key
    sealed = models.BinaryField(null=True)  # name, birth year and phone; no act opens it. Null once purged
    channel = models.SmallIntegerField()
    at = models.DateTimeField()
    purge_at = models.DateTimeField()
    purged_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_erasure"
        indexes = [
            models.Index(fields=["phone_id"], name="erasure_phone"),  # used by: the act, my membership
            models.Index(  # used by: the purge
                fields=["purge_at"], condition=models.Q(purged_at=None), name="erasure_due"
            ),
        ]
        constraints = [
            *private("erasure", using=f"phone_id = {PHONE}", write=SYSTEM),
            Policy(name="erasure_gateway", to=("gateway",), using="true"),
        ]


class Double(models.Model):
    """Two entries that may be one person, and what was decided. Seen by who sees both."""

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        MERGED = "merged", _("Merged")
        APART = "apart", _("Different people")

    id = models.UUIDField(primary_key=True)  # derived from both entries: found again, it is the same
    public_id = models.UUIDField(unique=True)
    first_id = models.UUIDField()  # of persons; the lower
    second_id = models.UUIDField()
    unit_id = models.BigIntegerField()  # of the first, and of the second
    other_unit_id = models.BigIntegerField()
    score = models.SmallIntegerField()  # per cent
    reasons = ArrayField(models.TextField())  # rules.doubles.REASONS
    is_twin = models.BooleanField()
    state = models.TextField(choices=State.choices, default=State.OPEN, db_default=State.OPEN)
    kept_id = models.UUIDField(null=True)  # of both: the person who stays
    reason = models.TextField(default="", db_default="")  # how somebody knows that twins are one person
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "people_double"
        indexes = [
            models.Index(
                fields=["state", "is_twin", "-score", "id"], name="double_list"
            ),  # used by: the list, certain ones
            models.Index(fields=["first_id"], name="double_first"),  # used by: erasing; merged pairs
            models.Index(fields=["second_id"], name="double_second"),  # used by: the same
        ]
        constraints = policies(
            "double",
            using=f"({EVERYTHING} or ({placed_sql('people_double.unit_id', PEOPLE)}"
            f" and {placed_sql('people_double.other_unit_id', PEOPLE)}))",
            write=SYSTEM,
        )


class Account(models.Model):
    """Somebody who signs in. Found by phone; name shown to those they work with."""

    public_id = models.UUIDField(unique=True)
    phone_id = models.UUIDField(unique=True)
    last4 = models.TextField(default="", db_default="")  # of the phone, to tell two of one name apart
    name = models.TextField()
    language = models.TextField(default="", db_default="")  # chosen by its owner; empty: the browser's
    unit_id = models.BigIntegerField(null=True)  # where they are looked for: their first appointment's unit
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False, db_default=False)
    is_root = models.BooleanField(
        default=False, db_default=False
    )  # made on the console: may appoint the first

    class Meta:
        db_table = "people_account"
        constraints = policies(
            "account",
            # Everybody of the state may know who holds an office: every unit's page shows names.
            using=f"id = {ACCOUNT} or phone_id = {PHONE} or id = {SIGNED_IN}"
            f" or {placed_sql('people_account.unit_id', COUNTS)}",
            write=f"{SYSTEM} or id = {ACCOUNT}",
        )

    @property
    def is_authenticated(self) -> bool:
        return True


class AccountWord(models.Model):
    """A word of an open account's name, as it sounds (rules.called): what search finds people in office by.

    unit_id is the account's: a policy that had to look it up there would be asked for every Abdul of the nation.
    """

    pk = models.CompositePrimaryKey("word", "account_id")
    word = models.TextField()
    account_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "people_account_word"
        indexes = [
            # used by: search, by operators the policy lets go first (LIKE is none of them)
            models.Index(fields=["word"], name="account_word_start", opclasses=["text_pattern_ops"]),
            models.Index(fields=["account_id"], name="account_word_account"),  # used by: writing them again
        ]
        constraints = policies(
            "account_word", using=placed_sql("people_account_word.unit_id", COUNTS), write=SYSTEM
        )


class Session(models.Model):
    """One signed-in browser. Listed to its owner, revocable; ended with the appointment that gave it its power."""

    # No database defaults: Django would read them back, and a session is not in sight before its scope is set.
    key = models.TextField(primary_key=True)  # keyed digest of the cookie, hexadecimal
    public_id = models.UUIDField()
    account_id = models.BigIntegerField(null=True)  # null: a visitor who is half way through a form or a code
    phone_id = models.UUIDField(null=True)  # a citizen's own proven phone
    data = models.JSONField(default=dict)
    device = models.TextField(default="")  # browser and system, coarse
    origin = models.TextField(default="")  # shortened address
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    strong_at = models.DateTimeField(null=True)  # when a passkey or TOTP was last shown
    ended_at = models.DateTimeField(null=True)

    OF_PHONE = "phone-"  # begins the keys of the field's own sessions

    class Meta:
        db_table = "people_session"
        indexes = [
            models.Index(fields=["account_id"], name="session_account"),  # used by: my sessions, ending them
            models.Index(fields=["ends_at"], name="session_ends"),  # used by: the sweep
        ]
        constraints = [
            Policy(
                name="session_in_scope",
                using=f"{SYSTEM} or {OWN_SESSION}",
                # The release before names a session only once it is written. It may serve on while this one migrates.
                check=f"{SYSTEM} or {OWN_SESSION} or ({IN_A_SCOPE} and ({SESSION} is not null"
                " or strong_at is null))",
            ),
            Policy(name="session_for_a_reason", to=("jobs",), using=REASON),
            Policy(name="session_migrates", to=("owner",), using="true"),
        ]

    @property
    def is_phone(self) -> bool:
        """True for the own session of a phone in the field."""
        return self.key.startswith(self.OF_PHONE)


class Factor(models.Model):
    """A passkey or a TOTP secret: the second proof of a person who can see other people's data."""

    class Kind(models.TextChoices):
        PASSKEY = "passkey"
        TOTP = "totp"
        RECOVERY = "recovery"

    public_id = models.UUIDField(unique=True)
    account_id = models.BigIntegerField(db_index=True)  # used by: sign-in
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField(default="", db_default="")
    credential = models.BinaryField(null=True)  # passkey: credential id
    sealed = models.BinaryField()  # passkey: public key; TOTP: secret; recovery: digests
    counter = models.BigIntegerField(default=0, db_default=0)  # passkey: sign count; TOTP: last step used
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)  # null: a TOTP secret shown but not yet proven
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_factor"
        constraints = private("factor", using=f"account_id = {ACCOUNT}")


class Code(models.Model):
    """A one-time code, bound to purpose, phone, request and session. Kept as a digest; short-lived.

    Its tries are counted by core.limits, where a count outlives the request that was refused.
    """

    id = models.UUIDField(primary_key=True)  # the request's id
    purpose = models.TextField()  # sign_in, join, member, phone, leave
    phone_id = models.UUIDField()
    session = models.TextField()  # digest of the session that asked
    digest = models.BinaryField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "people_code"
        indexes = [models.Index(fields=["expires_at"], name="code_expires")]  # used by: the sweep
        constraints = private("code", using=f"session = {SESSION}", write=SYSTEM)


class RevokeReason(models.TextChoices):
    """Why a document is not valid any more. A code: the trail holds no stories about people."""

    ENDED = "ended", _("The membership ended")
    LOST = "lost", _("Lost or stolen")
    WRONG = "wrong", _("Printed with a mistake")
    MISUSED = "misused", _("Used by somebody else")


class Document(models.Model):
    """A card or a certificate: its code leads to the public check, and it can be revoked. Its words are the room's."""

    id = models.UUIDField(primary_key=True)  # 128 random bits: what its code says, with our seal
    kind = models.TextField()  # one of rules.documents
    about = models.UUIDField()  # public id of what it shows, such as a membership
    person_id = models.UUIDField()
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoke_reason = models.TextField(choices=RevokeReason.choices, default="", db_default="")

    class Meta:
        db_table = "people_document"
        indexes = [
            models.Index(
                fields=["about"], name="document_about"
            ),  # used by: my card, a person's page, revoking
            models.Index(fields=["person_id"], name="document_person"),  # used by: the purge
        ]
        constraints = policies(
            "document",
            using="exists (select 1 from people_person pp where pp.id = people_document.person_id)",
            write=SYSTEM,
        )


# The hot path needs this of each table, and no more: a member is known by name and birth year, a phone by its hash.
GRANTS = {
    "people_notice": {"gateway": "select (code, version, organisation)"},
    "people_phone": {"gateway": "select (id), insert (id, hash, sealed, last4)"},
    "people_person": {
        "gateway": "select (id, name, birth_year, left_at), update (left_at, merged_into),"
        " insert (id, public_id, phone_id, name, birth_year, language, unit_id, at)"
    },
    "people_consent": {
        "gateway": "insert (id, person_id, unit_id, purpose, notice_version, language, channel, by, device, at)"
    },
    "people_unheard": {"gateway": "insert (person_ids)"},
    "people_erasure": {"gateway": "select (phone_id, who)"},
    "people_suppression": {"gateway": "select (phone_id, lifted_at), update (lifted_at)"},
}
