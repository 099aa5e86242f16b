"""Sample people: names in both scripts, and phones that only look real: the demo sends nothing anywhere.

Deterministic by seed. Every name is put together from lists; a likeness to anybody is chance.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

# (Latin, Devanagari). Women's and men's given names and family names common in the region's communities alike.
WOMEN = (
    ("Sunita", "सुनीता"), ("Asha", "आशा"), ("Kamla", "कमला"), ("Shabnam", "शबनम"), ("Nazia", "नाज़िया"),
    ("Rohini", "रोहिणी"), ("Pooja", "पूजा"), ("Meenakshi", "मीनाक्षी"), ("Sudesh", "सुदेश"), ("Rehana", "रेहाना"),
    ("Santosh", "संतोष"), ("Gurmeet", "गुरमीत"), ("Fatima", "फ़ातिमा"), ("Anju", "अंजू"), ("Veena", "वीणा"),
    ("Rubina", "रूबीना"), ("Kiran", "किरण"), ("Tsering", "त्सेरिंग"), ("Parveena", "परवीना"), ("Neelam", "नीलम"),
    ("Harpreet", "हरप्रीत"), ("Saima", "साइमा"), ("Usha", "उषा"), ("Mubeena", "मुबीना"), ("Renu", "रेणु"),
)  # fmt: skip
MEN = (
    ("Balwant", "बलवंत"), ("Tariq", "तारिक"), ("Madan", "मदन"), ("Imtiaz", "इम्तियाज़"), ("Harbans", "हरबंस"),
    ("Farooq", "फ़ारूक़"), ("Ramesh", "रमेश"), ("Gulzar", "गुलज़ार"), ("Vikram", "विक्रम"), ("Bashir", "बशीर"),
    ("Joginder", "जोगिंदर"), ("Ashok", "अशोक"), ("Manzoor", "मंज़ूर"), ("Suresh", "सुरेश"), ("Nissar", "निसार"),
    ("Kuldeep", "कुलदीप"), ("Mohan", "मोहन"), ("Javaid", "जावेद"), ("Rakesh", "राकेश"), ("Abdul", "अब्दुल"),
    ("Surinder", "सुरिंदर"), ("Ghulam", "ग़ुलाम"), ("Pawan", "पवन"), ("Mushtaq", "मुश्ताक़"), ("Dev", "देव"),
)  # fmt: skip
FAMILIES = (
    ("Devi", "देवी"), ("Sharma", "शर्मा"), ("Bhat", "भट"), ("Singh", "सिंह"), ("Lone", "लोन"), ("Gupta", "गुप्ता"),
    ("Dar", "डार"), ("Choudhary", "चौधरी"), ("Mir", "मीर"), ("Kaur", "कौर"), ("Wani", "वानी"), ("Verma", "वर्मा"),
    ("Khan", "ख़ान"), ("Raina", "रैना"), ("Slathia", "सलाथिया"), ("Malik", "मलिक"), ("Thakur", "ठाकुर"),
    ("Rather", "राथर"), ("Koul", "कौल"), ("Akhtar", "अख़्तर"), ("Lal", "लाल"), ("Mattoo", "मट्टू"), ("Rana", "राणा"),
    ("Sheikh", "शेख़"), ("Kumar", "कुमार"), ("Jamwal", "जमवाल"), ("Hussain", "हुसैन"), ("Manhas", "मन्हास"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented person. phone in E.164; birth_year on the day they are made."""

    name: str
    name_hi: str
    phone: str
    birth_year: int


def phone(number: int) -> str:
    """The n-th sample phone: +91 70 followed by eight digits in an order that looks like life."""
    if not 0 <= number < 10**8:
        raise ValueError("there are only a hundred million sample phones")
    return f"+9170{number * 61_803_399 % 10**8:08d}"  # odd and not a multiple of 5: every number once


def people(seed: str, first: int = 0) -> Iterator[Sample]:
    """Invented adults without end, the same for the same seed; phones are numbered from `first`."""
    rng = random.Random(f"people {seed}")  # noqa: S311  # sample data, the same for the same seed
    number = first
    while True:
        given = rng.choice(WOMEN if rng.random() < 0.46 else MEN)
        family = rng.choice(FAMILIES)
        yield Sample(
            f"{given[0]} {family[0]}",
            f"{given[1]} {family[1]}",
            phone(number),
            2026 - min(88, 19 + int(rng.expovariate(1 / 20))),
        )
        number += 1
