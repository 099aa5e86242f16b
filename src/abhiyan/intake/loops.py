"""Loops of joining, turned by `abhiyan jobs`. An earlier release has them by these names."""

from abhiyan.core.loops import Loop

from .actions import replies, text_parts, texts, welcoming

LOOPS = {
    "enrolment.reply": Loop(turn=lambda at: replies.reply(at=at), every_s=1),
    "enrolment.welcome": Loop(turn=lambda at: welcoming.welcome(at=at), every_s=1),
    "enrolment.parts": Loop(turn=lambda at: text_parts.hear_parts(at=at), every_s=1, scoped=False),
    "enrolment.texts": Loop(turn=lambda at: texts.forget_texts(at=at), every_s=600),
}
