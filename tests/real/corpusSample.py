"""Prints, as JSON, each configuration of the corpus, what the editor makes of it, and certificates for its names."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).parents[2]
sys.path[:0] = [str(PROJECT / "components" / "host"), str(PROJECT / "tests" / "host")]

import corpus  # noqa: E402
from heavyload.nginxtext import configuration  # noqa: E402
from nginxgrammar import MAIN  # noqa: E402

_NAMES = re.compile(rb"%b/live/([^/;]+)/" % corpus.CERTIFICATES.encode())


def certificate():
    """One for every name, of this run alone: nginx asks no more than that it and its key belong together."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / name for name in ("fullchain.pem", "privkey.pem")}
        kind = ["-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=example"]
        out = ["-out", str(files["fullchain.pem"]), "-keyout", str(files["privkey.pem"])]
        subprocess.run(["openssl", "req", *kind, *out], check=True, capture_output=True)
        return {name: path.read_bytes() for name, path in files.items()}


def texts(files):
    return {path: text.decode("latin-1") for path, text in files.items()}


def entry(name, pem):
    tree = corpus.tree(name)
    names = {found.decode() for text in tree.files.values() for found in _NAMES.findall(text)}
    pems = {f"{corpus.CERTIFICATES}/live/{one}/{file}": text for one in names for file, text in pem.items()}
    before = {**tree.files, **pems}
    return {
        "name": name,
        "since": corpus.since(name),
        "needs": corpus.needs(name),
        "links": tree.links,
        "read": sorted(configuration.read(MAIN, corpus.Linked(tree)).texts),
        "before": texts(before),
        "after": texts({**before, **corpus.tuned(name).texts}),
    }


pem = certificate()
print(json.dumps([entry(name, pem) for name in corpus.names()]))
