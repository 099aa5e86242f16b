"""The hot path: claims by API and by call, through a small ASGI application mounted by path beside Django.

Requests that queue while one commit is in flight form the next batch; each then gets its own answer, and an answer
means *on disk*. `server.asgi` mounts `application`.

    asgi        one request: method, size, whose it is, counting.
    shapes      what a body must look like; openapi.json is made from the same.
    claims      the two operations of the API.
    calls       what providers of calls and messages tell us.
    directory   tokens and numbers, a few seconds old.
    batches     the queue in front of the one thread that enrols.
    answers     bodies and refusals in the caller's language.
"""

from .asgi import Application, application
