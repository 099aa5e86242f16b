"""A worker of a booth, signed in, as the tests of enrolment have them."""

from abhiyan.enrolment.tests.conftest import worker as worker
