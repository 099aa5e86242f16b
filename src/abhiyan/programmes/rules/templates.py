"""What a programme starts from: a template knows its kind, its measures and a usual length."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MeasureTemplate:
    number: int  # its key in the ledger
    code: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """names, about: language -> text, the first guess of the guided form. days: the usual length of the window."""

    code: str
    kind: str
    names: dict[str, str]
    about: dict[str, str]
    measures: tuple[MeasureTemplate, ...]
    days: int


TEMPLATES = {
    "membership_drive": Template(
        code="membership_drive",
        kind="drive",
        names={"en": "Membership drive", "hi": "सदस्यता अभियान"},
        about={
            "en": "People join by web, missed call, API or on paper; every unit sees its ladder.",
            "hi": "लोग वेब, मिस्ड कॉल, एपीआई या काग़ज़ से जुड़ते हैं; हर इकाई अपनी सीढ़ी देखती है।",
        },
        measures=(MeasureTemplate(1, "enrolments", {"en": "Members enrolled", "hi": "जुड़े सदस्य"}),),
        days=60,
    ),
}
