"""The running server, a worker, and the time, as the tests of enrolment have them."""

from abhiyan.enrolment.tests.conftest import now as now
from abhiyan.enrolment.tests.conftest import server as server
from abhiyan.enrolment.tests.conftest import token as token
from abhiyan.enrolment.tests.conftest import worker as worker
from abhiyan.enrolment.tests.conftest import world as world
