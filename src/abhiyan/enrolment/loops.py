"""What enrolment does by itself, turned every second by `abhiyan jobs`."""

from abhiyan.core.loops import Loop

from .actions import replies

LOOPS = {"reply": Loop(turn=lambda at: replies.reply(at=at), every_s=1)}
