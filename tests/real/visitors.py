"""Visitors of a site on this machine, each with one connection that is kept: what they are answered, as JSON.

usage: visitors.py VISITORS SECONDS METHOD PATH PAUSE
"""

from __future__ import annotations

import collections
import http.client
import json
import random
import sys
import threading
import time

visitors, seconds, method, path = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
pause = float(sys.argv[5])
end = time.monotonic() + seconds
lock = threading.Lock()
answers: collections.Counter[str] = collections.Counter()
longest = 0.0


def visit() -> None:
    global longest
    link = None
    mine: collections.Counter[str] = collections.Counter()
    slowest = 0.0
    while time.monotonic() < end:
        begin = time.monotonic()
        try:
            link = link or http.client.HTTPConnection("127.0.0.1", timeout=90)
            link.request(method, path, body=b"x" * 100 if method == "POST" else None)
            answer = link.getresponse()
            answer.read()
            mine[str(answer.status)] += 1
            if answer.getheader("Connection") == "close":
                link = None
        except Exception as failure:
            mine[type(failure).__name__] += 1
            link = None
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(random.random() * pause)
    with lock:
        answers.update(mine)
        longest = max(longest, slowest)


threads = [threading.Thread(target=visit) for _ in range(visitors)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"answers": answers, "longest": round(longest, 1)}))
