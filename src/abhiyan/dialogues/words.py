"""Words for counts of talks: the booth president's word comes first, and the leader's follows."""

from django.utils.translation import gettext_lazy as _

from abhiyan.programmes.rules.count_words import CountWords

TALK_WORDS = CountWords(seen=_("%(n)s confirmed by the president"), reported=_("%(n)s noted by the leader"))
