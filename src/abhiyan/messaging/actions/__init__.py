"""The one door out: queueing, leasing, handing over, receipts, and the breaker that guards the budget."""

from abhiyan.messaging.queries import leave_number, stop_number

from .bulk_texts import Wording, certify_text, register_text
from .circulars import announce_next, note_read, remind_readers, send_circular, withdraw_circular
from .counting import count_next, give_up_count
from .emails import end_email, enter_email, forget_mails, tell_of_email
from .holding import RELEASABLE, ask_to_release, hold_restored, release_held, set_allowance
from .mornings import choose_morning, end_morning, send_mornings
from .noes import forget_sent, hear_no_to_messages, hear_withdrawn_consent
from .numbers import (
    check_free,
    check_number,
    connect_number,
    end_number,
    forget_programme,
    note_inbound,
)
from .offices import (
    AccountMessage,
    ask_holder,
    forget_question,
    hear_office,
    tell_account,
    tell_accounts,
    tell_of_reset,
)
from .published import publish_templates
from .questions import (
    TEXTED,
    Answered,
    PhoneQuestion,
    answer_link,
    answer_question,
    ask_many,
    ask_question,
    close_by_phone,
    close_questions,
    programme_asked,
    question_id,
    reword,
)
from .queueing import (
    Outgoing,
    queue_message,
    send_code,
    send_many,
    take_messages_back,
)
from .registering import CheckedIds, IdRow, RefusedId, check_ids, register_ids
from .reminding import (
    MOST_REMINDED,
    NobodyToRemind,
    RemindedPerson,
    TooManyToRemind,
    forget_reminders,
    remind_people,
    take_back_reminders,
)
from .sending import (
    Going,
    admit,
    end_outage,
    lease,
    note_outage,
    receive_receipt,
    settle_messages,
)
from .sends import (
    NoSuchAudience,
    ask_send,
    count_send,
    discard_send,
    draft_send,
    follow_next,
    halt_send,
    most_per_hour,
    pause_send,
    queue_next,
    resume_send,
    start_send,
    stop_restored_sends,
    stop_send,
)
