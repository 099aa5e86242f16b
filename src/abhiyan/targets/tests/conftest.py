"""Tests of targets have the world of the programmes' tests."""

from abhiyan.programmes.tests.conftest import world as world  # a fixture
