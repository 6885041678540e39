"""An authority for certbot, as much of RFC 8555 as that needs, on this machine alone: asks nginx on 127.0.0.1 for the
challenge and signs. Usage: acmeStub.py PACKAGES PORT."""

import base64
import datetime
import http.client
import itertools
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, sys.argv[1])

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PORT = int(sys.argv[2])
BASE = f"http://127.0.0.1:{PORT}"
TOKEN = base64.urlsafe_b64encode(b"heavyload" * 4).decode()
KEY = ec.generate_private_key(ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of the tests")])
NOW = datetime.datetime(2026, 1, 1)
orders = []
nonces = itertools.count()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(csr):
    """A certificate of the authority's; without a request its own."""
    builder = x509.CertificateBuilder().issuer_name(NAME).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + datetime.timedelta(days=9000))
    if csr is None:
        builder = builder.subject_name(NAME).public_key(KEY.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    else:
        names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        builder = builder.subject_name(csr.subject).public_key(csr.public_key()).add_extension(names, critical=False)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


CHAIN = signed(None)


def answers(name):
    """Whether nginx has what certbot was to put there, at the latest when it has been reloaded."""
    for _ in range(20):
        link = http.client.HTTPConnection("127.0.0.1", 80, timeout=10)
        link.request("GET", f"/.well-known/acme-challenge/{TOKEN}", headers={"Host": name})
        found = link.getresponse().read().decode("latin-1")
        if found.startswith(f"{TOKEN}."):
            return True
        time.sleep(0.5)
    return False


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", kind="application/json", **headers):
        body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        raw = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Replay-Nonce", f"nonce{next(nonces)}")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(raw)

    def do_HEAD(self):
        self.reply(200)

    def do_GET(self):
        kinds = {"newNonce": "nonce", "newAccount": "account", "newOrder": "order", "revokeCert": "revoke"}
        self.reply(200, {name: f"{BASE}/{path}" for name, path in {**kinds, "keyChange": "key"}.items()})

    def do_POST(self):
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        payload = json.loads(decoded(said["payload"]) or b"null")
        kind, *number = self.path.strip("/").split("/")
        order = orders[int(number[0])] if number and kind != "account" else None
        getattr(self, f"post_{kind}")(payload, order, number[0] if number else "")

    def post_account(self, *_):
        self.reply(201, {"status": "valid"}, Location=f"{BASE}/account/1")

    def post_order(self, payload, order, number):
        if order is None:
            number = str(len(orders))
            order = {
                "status": "pending",
                "identifiers": payload["identifiers"],
                "finalize": f"{BASE}/finalize/{number}",
            }
            orders.append({**order, "authorizations": [f"{BASE}/authz/{number}"]})
        self.reply(201, orders[int(number)], Location=f"{BASE}/order/{number}")

    def challenge(self, order, number):
        status = "valid" if order["status"] in ("ready", "valid") else order["status"]
        return {"type": "http-01", "url": f"{BASE}/challenge/{number}", "token": TOKEN, "status": status}

    def post_authz(self, payload, order, number):
        challenge = self.challenge(order, number)
        body = {"status": challenge["status"], "identifier": order["identifiers"][0], "challenges": [challenge]}
        self.reply(200, {**body, "expires": "2027-01-01T00:00:00Z"})

    def post_challenge(self, payload, order, number):
        order["status"] = "ready" if answers(order["identifiers"][0]["value"]) else "invalid"
        self.reply(200, self.challenge(order, number), Link=f'<{BASE}/authz/{number}>;rel="up"')

    def post_finalize(self, payload, order, number):
        order["signed"] = signed(x509.load_der_x509_csr(decoded(payload["csr"])))
        order.update(status="valid", certificate=f"{BASE}/cert/{number}")
        self.reply(200, order, Location=f"{BASE}/order/{number}")

    def post_cert(self, payload, order, number):
        self.reply(200, order["signed"] + CHAIN, kind="application/pem-certificate-chain")


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
