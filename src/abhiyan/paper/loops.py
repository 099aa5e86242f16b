"""Loops of the room of paper, turned by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from .actions import photos

LOOPS = {"photos": Loop(turn=lambda at: photos.forget_photos(at=at), every_s=3600)}
