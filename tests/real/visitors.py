"""Visitors of a site on this machine, each with one connection that is kept: what they are answered, as JSON.

usage: visitors.py VISITORS SECONDS METHOD PATH PAUSE TOLD

They leave after so many seconds, or once there is a file TOLD and as many answers as it says.
"""

from __future__ import annotations

import collections
import http.client
import json
import random
import sys
import threading
import time
from pathlib import Path

visitors, seconds, method, path = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
pause, told = float(sys.argv[5]), Path(sys.argv[6])
end = time.monotonic() + seconds
lock = threading.Lock()
answers: collections.Counter[str] = collections.Counter()
longest = 0.0


def stay() -> bool:
    if time.monotonic() >= end:
        return False
    try:
        return sum(answers.values()) < int(told.read_text())
    except FileNotFoundError:
        return True


def visit() -> None:
    global longest
    link = None
    while stay():
        begin = time.monotonic()
        try:
            link = link or http.client.HTTPConnection("127.0.0.1", timeout=90)
            link.request(method, path, body=b"x" * 100 if method == "POST" else None)
            answer = link.getresponse()
            answer.read()
            what = str(answer.status)
            if answer.getheader("Connection") == "close":
                link = None
        except Exception as failure:
            what = type(failure).__name__
            link = None
        with lock:
            answers[what] += 1
            longest = max(longest, time.monotonic() - begin)
        time.sleep(random.random() * pause)


threads = [threading.Thread(target=visit) for _ in range(visitors)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"answers": answers, "longest": round(longest, 1)}))
