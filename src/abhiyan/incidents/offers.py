"""Offer Today the reports of incidents that the law wants."""

from .todo import incident_todo

todo = incident_todo
