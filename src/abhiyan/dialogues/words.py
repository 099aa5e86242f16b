"""Words of dialogues: what a leader says first, and counts of talks, where the booth president's word comes first."""

from django.utils.translation import gettext_lazy as _

from abhiyan.org.viewer import Viewer
from abhiyan.programmes.rules.count_words import CountWords
from abhiyan.programmes.rules.spoken import SpokenWords, spoken_words

from .queries import OwnCall

TALK_WORDS = CountWords(seen=_("%(n)s confirmed by the president"), reported=_("%(n)s noted by the leader"))
SAY_FIRST = _(
    "Hello {person}, this is {caller} from {organisation}. How are you and your family?\n"
    "How is our work in your booth going?\n"
    "What does the booth need? I note it, and you get an answer.\n"
    "Thank you for your work."
)


def words_to_say(viewer: Viewer, call: OwnCall) -> SpokenWords:
    """Return what a leader says first on one of their calls to a booth president."""
    return spoken_words(SAY_FIRST, caller=viewer.name, person=call.name, language=call.language)
