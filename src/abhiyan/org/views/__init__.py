"""Appointments and releases."""
