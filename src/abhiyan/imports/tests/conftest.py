"""Tests of lists may work as the role of jobs, as those of core do."""

from abhiyan.core.tests.conftest import as_jobs as as_jobs  # a fixture
