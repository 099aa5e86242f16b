"""Phones as people write them, in E.164. Indian mobiles by a table, all others by `phonenumbers`.

The table (`indian_mobiles.txt`) lists the five-digit beginnings of Indian mobile numbers as ranges. It is made
from phonenumbers' own data and answers thirty times faster; a beginning that is mobile only in part is left out,
so such a number takes the slow road and gets the same answer. After phonenumbers is renewed:

    .venv/bin/python -m abhiyan.people.phones > src/abhiyan/people/indian_mobiles.txt
"""

from functools import cache
from importlib.resources import files

from abhiyan.core.letters import plain_digits

LONGEST = 40  # characters; nobody writes a phone longer than that, and the slow road takes its time


@cache
def _beginnings() -> frozenset[str]:
    prefixes: list[str] = []
    for line in files("abhiyan.people").joinpath("indian_mobiles.txt").read_text("ascii").split():
        first, _, last = line.partition("-")
        prefixes += map(str, range(int(first), int(last or first) + 1))
    return frozenset(prefixes)


_INDIAN = _beginnings()
_DIGITS = frozenset("0123456789")
# Keyboards and copied messages put these into a number.
BETWEEN = (
    " -().\u00a0\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufeff\u2010\u2011\u2012\u2013\t"
)
_PLAIN = str.maketrans("", "", BETWEEN)


def parse(text: str) -> str | None:
    """A mobile number as written ("98765 43210", "+91…", "0…", "०…", any country with "+") in E.164, or None.

    A number without a country is Indian. Land lines, short codes and everything else that is no mobile: None.
    """
    n = len(text)
    if n == 13 and text.startswith("+91"):
        digits = text[3:]
    elif n == 10:
        digits = text
    elif n == 11 and text[0] == "0":
        digits = text[1:]
    elif n == 12 and text.startswith("91"):
        digits = text[2:]
    else:
        return _parse_slowly(text)
    if digits[:5] in _INDIAN and _DIGITS.issuperset(digits):
        return "+91" + digits
    return _parse_slowly(text)


def _parse_slowly(text: str) -> str | None:
    if len(text) > LONGEST:
        return None
    plain = _plain(text)
    if not plain or not _DIGITS.issuperset(plain.removeprefix("+")):
        return None
    import phonenumbers  # a fifth of a second, and most numbers never need it

    try:
        number = phonenumbers.parse(plain, "IN")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.number_type(number) not in _mobile():
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _plain(text: str) -> str:
    """A number without what stands between its digits, and with + before a country."""
    plain = plain_digits(text).translate(_PLAIN)
    return "+" + plain[2:] if plain.startswith("00") else plain


def last_four(text: str) -> str:
    """The last four digits of a phone, where somebody typed four digits alone to find it; "" for other text."""
    plain = plain_digits(text.strip())
    return plain if len(plain) == 4 and _DIGITS.issuperset(plain) else ""


def names_other_country(text: str) -> bool:
    """Return True if a number as written begins with another country than India."""
    plain = _plain(text[: LONGEST + 1])
    return plain.startswith("+") and not plain.startswith("+91") and plain[1:].isdecimal()


@cache
def mobile_pattern() -> str:
    """The ten digits of an Indian mobile, as a regular expression that Python and JavaScript read alike."""
    import phonenumbers

    india = phonenumbers.PhoneMetadata.metadata_for_region("IN", None)
    assert india is not None and india.mobile is not None
    return str(india.mobile.national_number_pattern)


@cache
def _mobile() -> tuple[int, ...]:
    from phonenumbers import PhoneNumberType

    return (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def is_indian_mobile(phone: str) -> bool:
    """Return True if an E.164 number that `parse` gave is an Indian mobile."""
    return phone.startswith("+91")


def masked_phone(last4: str) -> str:
    """Return a phone as every screen shows it: only its last four digits."""
    return f"+91 ••••• •{last4}"


def make_table() -> list[str]:
    """Ranges "first-last" of the five-digit beginnings all of whose numbers are Indian mobiles."""
    import phonenumbers

    mobile: list[int] = []
    kinds = _mobile()
    for beginning in range(10_000, 100_000):
        ends = [f"{sixth}{rest}" for sixth in range(10) for rest in ("0000", "3456", "9999")]
        numbers = (phonenumbers.PhoneNumber(91, int(f"{beginning}{end}")) for end in ends)
        if all(phonenumbers.number_type(number) in kinds for number in numbers):
            mobile.append(beginning)
    lines: list[str] = []
    start = previous = -1
    for beginning in [*mobile, -1]:
        if beginning != previous + 1 or previous < 0:
            if start >= 0:
                lines.append(str(start) if start == previous else f"{start}-{previous}")
            start = beginning
        previous = beginning
    return lines


if __name__ == "__main__":
    print("\n".join(make_table()))  # noqa: T201  # the generator's output is the file
