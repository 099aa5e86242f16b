"""Write about people: accounts and their sign-in, notices and consents, and what a phone said no to."""

from .accounts import (
    Newcomer,
    close_account,
    faults,
    find_account_at,
    keep_phones,
    open_account,
    open_accounts,
    rename_account,
    reveal_number,
    speak,
)
from .audio import add_audio, end_audio
from .codes import (
    ask_code,
    check_code,
    check_console,
    check_first_word,
    count_asked,
    end_first_words,
    first_administrator,
    make_console_link,
    make_first_word,
)
from .consents import (
    NoticeRenewed,
    ensure_sample_notice,
    give_consent,
    give_consents_back,
    publish_notice,
    renew_consents,
    withdraw_consent,
)
from .documents import issue_document, issue_documents, restore_documents, revoke_documents
from .emails import (
    ask_to_prove_email,
    choose_email,
    forget_email,
    note_refused_email,
    prove_email,
)
from .emergency import (
    AlreadyStopped,
    DataStopped,
    NotStopped,
    begin_emergency_stop,
    end_emergency_stop,
    refuse_while_stopped,
)
from .erasing import erase_persons, purge_at
from .persons import (
    correct_person,
    drop_phone,
    keep_phone,
    mark_back,
    mark_left,
    move_persons,
    move_to_phone,
    note_sign,
)
from .suppressions import OnlyThePhoneItself, keep_spoken_no, lift, note_word, suppress, take_back_no
