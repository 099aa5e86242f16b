"""Imports: pages over the staged imports of every room."""
