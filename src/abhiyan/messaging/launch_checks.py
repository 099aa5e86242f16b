"""A launch needs this of messages."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from abhiyan.core import environment
from abhiyan.ui.numbers import grouped
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from . import queries, registrations

LATELY = timedelta(days=14)


def gateway_readiness(of: LaunchOf) -> LaunchFinding:
    """A gateway is set, is not away, and a message has left by it lately."""
    lacking = {queries.why_codes_stay(purpose, language) for purpose, language in queries.code_texts()} - {""}
    if "unset" in lacking:
        return LaunchFinding(Readiness.MISSING, _("No gateway is set: messages reach nobody."))
    if lacking:
        return LaunchFinding(
            Readiness.MISSING, _("Codes cannot leave. The command abhiyan doctor says what to do.")
        )
    if queries.outages():
        return LaunchFinding(Readiness.MISSING, _("The gateway does not answer now."))
    if not queries.has_sent_since(of.at - LATELY):
        return LaunchFinding(
            Readiness.UNKNOWN, _("No SMS has left in 14 days. Sign in by a code on your own phone to try it.")
        )
    return LaunchFinding(Readiness.OK, _("The gateway took messages within 14 days."))


def texts_readiness(_of: LaunchOf) -> LaunchFinding:
    """Every service message has its text; and its DLT id, where ids are needed or prepared."""
    if n := len(queries.texts_lacking()):
        sentence = ngettext("%(n)s text is not published.", "%(n)s texts are not published.", n)
        return LaunchFinding(Readiness.MISSING, sentence % {"n": grouped(n)})
    is_required = environment.DLT_REQUIRED()
    if not is_required and not environment.DLT_ENTITY():
        return LaunchFinding(
            Readiness.UNKNOWN,
            _("ABHIYAN_DLT_ENTITY is not set. In India carriers drop an SMS without the ids of DLT."),
        )
    if n := len(registrations.unregistered()):
        sentence = ngettext(
            "%(n)s text has no DLT id. Run abhiyan texts export, register it, then import its id.",
            "%(n)s texts have no DLT id. Run abhiyan texts export, register them, then import the ids.",
            n,
        )
        return LaunchFinding(Readiness.MISSING, sentence % {"n": grouped(n)})
    return LaunchFinding(Readiness.OK, _("Every message has its text and its DLT id."))


def answers_readiness(of: LaunchOf) -> LaunchFinding:
    """People without internet can answer a question."""
    way = queries.answer_way(of.programme_id)
    if way.number:
        return LaunchFinding(Readiness.OK, _("People answer by text to %(number)s.") % {"number": way.number})
    if way.takes_replies:
        return LaunchFinding(Readiness.OK, _("People answer by replying to our SMS."))
    return LaunchFinding(
        Readiness.MISSING,
        _("No number takes answers by text. Who has no internet cannot answer. Add one under “Our numbers”."),
    )


CHECKS = (
    LaunchCheck(
        "gateway",
        gettext_lazy("SMS"),
        gettext_lazy("Nobody can sign in or join by a code without it."),
        14,
        gateway_readiness,
    ),
    LaunchCheck(
        "answers",
        gettext_lazy("Answers by text"),
        gettext_lazy("Messages ask people to confirm. Not everybody opens a link."),
        14,
        answers_readiness,
    ),
    LaunchCheck(
        "texts",
        gettext_lazy("Texts of messages"),
        gettext_lazy("A message without its text never leaves, and carriers drop one without its DLT id."),
        14,
        texts_readiness,
    ),
)
