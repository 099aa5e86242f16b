"""`abhiyan doctor` asks the store of files whether it answers, and whether it is the one of this database."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core import environment, home, store_mark
from abhiyan.core.doctor import FAIL, OK, DoctorFinding
from abhiyan.core.models import StoreMark
from abhiyan.core.store import StoreAway


def store_noted(_at: datetime) -> Iterable[DoctorFinding]:
    """Check that the store of files answers, and is the one of this database."""
    place = environment.STORE.text() or str(home.uploads_folder())
    try:
        took_ms = store_mark.mark_seen_ms()
    except StoreMark.DoesNotExist:
        yield DoctorFinding(OK, f"files lie in {place}; the jobs leave the mark of this database there")
    except StoreAway as away:
        fix = "is it running, and are ABHIYAN_STORE, ABHIYAN_STORE_ENDPOINT and its keys right?"
        yield DoctorFinding(FAIL, f"{place} does not answer ({type(away.__cause__).__name__})", fix)
    else:
        if took_ms is None:
            yield DoctorFinding(
                FAIL,
                f"{place} is not where the files of this database lie",
                "give each host the same ABHIYAN_STORE, or one shared ABHIYAN_FILES; after a move copy all files, "
                "those in mark/ too",
            )
        else:
            yield DoctorFinding(OK, f"files lie in {place}, which answers in {took_ms:.0f} ms")
