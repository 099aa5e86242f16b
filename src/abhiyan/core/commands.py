"""Core's commands for the command line."""

import click

from .imports.commands import import_list

COMMANDS: dict[str, click.Command] = {"import": import_list}
