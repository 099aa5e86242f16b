"""Tests of intake have the running server, the open drive and its token of the tests of enrolment."""

from abhiyan.enrolment.tests.conftest import now as now  # fixtures
from abhiyan.enrolment.tests.conftest import server as server
from abhiyan.enrolment.tests.conftest import token as token
from abhiyan.enrolment.tests.conftest import worker as worker
from abhiyan.enrolment.tests.conftest import world as world
