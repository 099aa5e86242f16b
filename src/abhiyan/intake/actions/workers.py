"""Find who wrote a claim down: the worker its sender names by phone, among the workers of the sender's units."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import psycopg
from django.db import DatabaseError, close_old_connections

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import ClaimMessage, TryAgain
from abhiyan.org import queries as org
from abhiyan.people import phones
from abhiyan.people import queries as people

from .drives import DriveRead, Drives, Worker

MOST_WORKERS = 50_000  # kept of one drive


def learn_workers(
    drives: Drives,
    connection: psycopg.Connection[Any],
    drive: DriveRead,
    claims: Sequence[ClaimMessage],
    at: datetime,
) -> bool:
    """Find the workers of a batch that are not known yet. A phone that is no worker's is remembered for a second.

    A worker holds an office in the drive's and the sender's units, or has held one since the drive opened.
    Entries they wrote before they left may arrive later. Accounts are read on Django's connection, because the
    role `gateway` may not read them. Returns False when units moved meanwhile: then the batch has everything to
    learn again. Raises TryAgain when the database does not answer.
    """
    named = {(claim.worker, claim.within) for claim in claims if claim.worker is not None}
    wanted = named - drive.workers.keys()
    if not wanted:
        return True
    if len(drive.workers) > MOST_WORKERS:
        drive.workers.clear()
        wanted = named
    offices = _offices(wanted, drive, at)
    units = {unit for _account, unit_ids in offices.values() for unit in unit_ids}
    if not drives.fetch(connection, drive, codes=set(), ids=units - drive.by_id.keys(), within=set()):
        return False
    for key in wanted:
        account, held = offices.get(key, (None, set()))
        places = (drive.by_id[unit] for unit in held)
        is_theirs = any(place is not None and drive.may(place, key[1]) for place in places)
        drive.workers[key] = account if is_theirs else None
    return True


def _offices(wanted: set[Worker], drive: DriveRead, at: datetime) -> dict[Worker, tuple[bytes, set[int]]]:
    """Return for each phone that signs in the public id of its account, and the units of its offices."""
    ids = {key: keyring().phone_id(number) for key in wanted if (number := phones.parse(key[0])) is not None}
    close_old_connections()  # on the hot path's own thread the database may have cut it meanwhile
    try:
        with system("who wrote a claim down"):
            accounts = people.accounts_of(phone_ids=ids.values())
            served = org.units_served(
                accounts=[account.pk for account in accounts.values()],
                since=drive.opens_on,
                on=clock.day_in(drive.zone, at),
            )
    except DatabaseError as failure:
        raise TryAgain from failure
    finally:
        close_old_connections()
    return {
        key: (accounts[phone_id].public_id.bytes, served.get(accounts[phone_id].pk, set()))
        for key, phone_id in ids.items()
        if phone_id in accounts
    }
