"""Tests of opinions have the world of the tests of forms."""

from abhiyan.forms.tests.conftest import world as world  # a fixture
