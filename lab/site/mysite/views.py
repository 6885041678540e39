"""Three kinds of request: one that is nearly free, one that waits, one that computes."""

import hashlib
import time

from django.http import HttpRequest, HttpResponseBadRequest, JsonResponse


def quick(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"site": "lab"})


def wait(request: HttpRequest):
    """Sleeps like a call to a database; `ms`: 0 to 60000, default 50."""
    ms = _number(request, "ms", default=50, most=60_000)
    if ms is None:
        return HttpResponseBadRequest("ms: a number from 0 to 60000\n")
    time.sleep(ms / 1000)
    return JsonResponse({"waitedMs": ms})


def cpu(request: HttpRequest):
    """Hashes `n` times: 0 to 10000000, default 20000 (about 10 ms on a real CPU)."""
    n = _number(request, "n", default=20_000, most=10_000_000)
    if n is None:
        return HttpResponseBadRequest("n: a number from 0 to 10000000\n")
    digest = b""
    for _ in range(n):
        digest = hashlib.sha256(digest).digest()
    return JsonResponse({"n": n, "digest": digest.hex()})


def _number(request: HttpRequest, name: str, default: int, most: int):
    text = request.GET.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 8) or int(text) > most:
        return None
    return int(text)
