"""Keep the truth of the demo's entries beside the product."""

import csv
from collections.abc import Mapping
from typing import TextIO
from uuid import UUID

from abhiyan.core.keys import keyring
from abhiyan.enrolment import actions as enrolment

from . import history

Answer = enrolment.ClaimOutcome | enrolment.ClaimRefused


class SampleTruth:
    """The stored entries of workers: the claim, its worker's account, and a mark for an invented one.

    entered, invented: the phones of all of them, and of the invented ones.
    """

    def __init__(self, file: TextIO, accounts: Mapping[str, UUID]) -> None:
        self._rows, self._accounts = csv.writer(file), accounts
        self._told: set[bytes] = set()
        self.entered: set[UUID] = set()
        self.invented: set[UUID] = set()

    def begin(self) -> None:
        self._rows.writerow(["claim_id", "worker", "invented"])

    def tell(self, event: history.Event, claim: enrolment.ClaimMessage, answer: Answer) -> None:
        """Note an entry once, however often it was sent. A refused entry leaves nothing to note."""
        claim_id = claim.id
        if event.worker and answer.receipt is not None and claim_id not in self._told:
            self._told.add(claim_id)
            phone_id = keyring().phone_id(event.phone)
            self.entered.add(phone_id)
            if event.fabricated:
                self.invented.add(phone_id)
            self._rows.writerow(
                [claim_id.hex(), self._accounts[event.worker], "yes" if event.fabricated else "no"]
            )
