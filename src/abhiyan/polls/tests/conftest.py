"""Tests of polls have the world of the tests of offices."""

from abhiyan.org.tests.conftest import world as world  # a fixture
