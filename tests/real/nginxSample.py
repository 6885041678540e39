"""Prints, as JSON, configurations and what the editor makes of them. Usage: nginxSample.py SEED COUNT."""

import json
import sys
from pathlib import Path
from random import Random

PROJECT = Path(__file__).parents[2]
sys.path[:0] = [str(PROJECT / "components" / "host"), str(PROJECT / "tests" / "host")]

from heavyload.nginxtext import configuration, tuning  # noqa: E402
from nginxgrammar import MAIN, Folder, Grammar  # noqa: E402
from nginxwishes import FACTS, WISHES  # noqa: E402

sample = []
random = Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    before = Grammar(random).write()
    after = {**before, **tuning.tuned(configuration.read(MAIN, Folder(before)), WISHES, FACTS).texts}
    sample.append([{path: text.decode("latin-1") for path, text in files.items()} for files in (before, after)])
print(json.dumps(sample))
