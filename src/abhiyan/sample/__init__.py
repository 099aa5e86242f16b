"""A campaign in full swing, on one machine, to look around in: `abhiyan demo`."""

from .run import run_demo
