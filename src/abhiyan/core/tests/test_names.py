"""Names of people in the reader's script."""

import pytest

from abhiyan.core import words


@pytest.mark.parametrize(
    ("given", "hindi", "english"),
    [
        ("Sunita Devi", "सुनीता देवी", "Sunita Devi"),
        ("suneeta  DEVI", "सुनीता देवी", "suneeta DEVI"),
        ("सुनीता देवी", "सुनीता देवी", "Sunita Devi"),
        ("Sunita देवी", "सुनीता देवी", "Sunita Devi"),
        ("Nazia", "नाज़िया", "Nazia"),
        ("ना\u095bिया", "ना\u091c\u093cिया", "Nazia"),  # the letter of two code points, and of one
        ("Sunita Oommen", "Sunita Oommen", "Sunita Oommen"),  # half a name in another script helps nobody
        ("S. Devi", "S. Devi", "S. Devi"),
        ("ਸੁਨੀਤਾ", "ਸੁਨੀਤਾ", "ਸੁਨੀਤਾ"),
        ("", "", ""),
    ],
)
def test_a_name_is_read_in_the_readers_script_where_every_word_of_it_is_known(
    given: str, hindi: str, english: str
) -> None:
    assert (words.local_person(given, "hi"), words.local_person(given, "en")) == (hindi, english)


def test_every_word_of_the_list_is_in_two_scripts_and_stands_there_once() -> None:
    latin = [row["latin"].lower() for row in words.name_words()]
    assert len(latin) == len(set(latin)) > 400
    for row in words.name_words():
        assert words.local_person(row["latin"], "hi") == words.local_person(row["devanagari"], "hi"), row
        assert words.local_person(row["devanagari"], "en").isascii(), row
