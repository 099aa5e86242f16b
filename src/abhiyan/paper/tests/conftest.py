"""A drive that is open by the real clock, as the tests of enrolment have it."""

from abhiyan.enrolment.tests.conftest import now as now
from abhiyan.enrolment.tests.conftest import world as world
