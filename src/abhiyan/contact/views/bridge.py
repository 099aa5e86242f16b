"""A telephone provider reports here on its calls. Anybody on the internet can write to this address."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from abhiyan.contact import actions, bridges
from abhiyan.core import address, clock, declared, limits
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import Refused
from abhiyan.messaging.rules import signatures
from abhiyan.messaging.rules.inbound import MalformedWebhook


@csrf_exempt
@require_POST
def bridge_report(request: HttpRequest) -> HttpResponse:
    """Take one signed report, and tell the provider whether it may call the person now ("dial")."""
    at, secret = clock.now(), bridges.secret()
    length = request.META.get("CONTENT_LENGTH") or "0"
    is_small = whole_number(length, most=bridges.BODY_BYTES) is not None
    body = request.body if is_small else b""
    header = request.headers.get("X-Signature", "")[:200]
    if (
        not (secret and is_small)
        or len(body) > bridges.BODY_BYTES
        or not signatures.generic_holds(header, bridges.KIND, body, secret, at)
    ):
        network = address.network_of(address.client(request))
        limits.count_or_refuse(declared.BRIDGE_WRONG, network, at=at)
        return _refused(403, "not_genuine")
    try:
        may_dial = actions.hear_bridge(bridge_report=bridges.read_bridge(body), at=at)
    except MalformedWebhook as malformed_webhook:
        return _refused(422, "malformed", errors=[{"field": name} for name in malformed_webhook.args])
    except Refused as refused:
        return _refused(refused.status, refused.code, message=str(refused), field=refused.field)
    return JsonResponse({"outcome": "accepted", "dial": may_dial})


def _refused(status: int, code: str, **more: Any) -> JsonResponse:
    return JsonResponse({"outcome": "refused", "code": code} | more, status=status)
