"""Answers to the opinion form for tests."""

from datetime import datetime
from uuid import uuid4

from abhiyan.core.scope import system
from abhiyan.forms.models import Submission
from abhiyan.opinions.queries import opinion_version


def answered(n: int, unit_id: int, *, at: datetime, mood: str = "better") -> None:
    """Answers of n people in a unit to the opinion form in use there, without a name or words of their own."""
    with system("test"):
        version = opinion_version(unit_id)
        assert version is not None
        Submission.objects.bulk_create(
            Submission(
                id=uuid4(),
                digest=b"",
                version=version,
                form=version.form,
                unit_id=unit_id,
                at=at,
                answers={"mood": mood, "first": "work"},
                is_unnamed=True,
            )
            for _each in range(n)
        )
