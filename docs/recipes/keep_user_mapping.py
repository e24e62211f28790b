"""A relying party's side of succession: take webhooks, believe nothing unproven, keep users with their certificates.

A user signs in with a certificate; the site keeps its serial number beside the user. When the certificate is renewed or
re-issued, the successor has another serial number: this program moves the user there, once the bank's signed statement
has been verified against the bank's root. Python's standard library and the `openssl` command are all it needs; take it
as it is or read it as the recipe.

    python keep_user_mapping.py --database users.db --secret-file webhook.secret --root root.pem --port 8080
"""

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import logging
import sqlite3
import subprocess
import tempfile
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

TOLERANCE_S = 300
LARGEST_BODY = 100_000
STATEMENT_POLICY = "1.3.6.1.4.1.32473.2.5"  # the policy of the bank's statement certificate: see its practice statement
TABLES = """
CREATE TABLE IF NOT EXISTS account (serial TEXT PRIMARY KEY, user TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'good');
CREATE TABLE IF NOT EXISTS taken (event_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS latest (reference TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
"""


class Forged(Exception):
    """What came is not from the bank, too old, or says what the bank's signature does not."""


def verify_webhook(secret, headers, body, now_s):
    """Return the event of a request's body (bytes). Raises `Forged`.

    The signature covers id, time and body (Standard Webhooks 1.0); more than one stands there while the secret is being
    replaced. A request that is minutes old is a replay.
    """
    event_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now_s - int(timestamp)) > TOLERANCE_S:
        raise Forged("its time is not ours")
    key = base64.b64decode(secret.strip().removeprefix("whsec_"))
    expected = hmac.new(key, f"{event_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    given = headers.get("webhook-signature", "").split(" ")
    if not any(hmac.compare_digest(expected, _signature(one)) for one in given):
        raise Forged("its signature is not the bank's")
    return json.loads(body)


def _signature(text):
    version, _, value = text.partition(",")
    try:
        return base64.b64decode(value, validate=True) if version == "v1" else b""
    except (binascii.Error, ValueError):
        return b""


def verify_succession(statement_der, root_pem, policy=STATEMENT_POLICY):
    """Return what a succession statement says, once OpenSSL has verified it against the bank's root. Raises `Forged`.

    The policy matters: every customer has a certificate below the same root, and one of them might sign a statement of
    their own. Only the office's statement certificate has this policy.
    """
    with tempfile.TemporaryDirectory() as folder:
        signed = Path(folder, "statement.der")
        signed.write_bytes(statement_der)
        command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signed, "-CAfile", root_pem]
        strictly = ["-purpose", "any", "-x509_strict", "-policy", policy, "-policy_check", "-explicit_policy"]
        done = subprocess.run([*command, *strictly], capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        raise Forged("the statement is not the bank's")
    said = json.loads(done.stdout)
    if said.get("type") != "dojang.succession.v1":
        raise Forged("the statement is about something else")
    return said


class Accounts:
    """Users by the serial number of their certificate."""

    def __init__(self, path, root_pem, policy=STATEMENT_POLICY):
        self._database = sqlite3.connect(path)
        self._database.executescript(TABLES)
        self._root_pem = root_pem
        self._policy = policy

    def take(self, event):
        """Do what an event asks for, once. Webhooks come at least once; one that came before changes nothing.

        Of one certificate a lower sequence number is older news than what is known: the state it tells of is not taken.
        A succession is taken whenever it comes.
        """
        with self._database as tx:
            if tx.execute("INSERT OR IGNORE INTO taken VALUES (?)", [event["id"]]).rowcount == 0:
                return
            if event["type"] in ("certificate.renewed", "certificate.reissued"):
                self._succeed(tx, event)
            elif event["type"].startswith("certificate.") and self._is_news(tx, event):
                told = event["data"]
                tx.execute("UPDATE account SET state = ? WHERE serial = ?", [told["state"], told["serial"]])

    def _succeed(self, tx, event):
        said = verify_succession(base64.b64decode(event["data"]["statement"]), self._root_pem, self._policy)
        old, new = str(said["predecessor_serial"]), str(said["successor_serial"])
        if old != event["data"]["serial"] or new != event["data"]["successor_serial"]:
            raise Forged("the event says what the statement does not")
        # The old number stays with the user: who knows the history finds both.
        added = "INSERT OR IGNORE INTO account (serial, user) SELECT ?, user FROM account WHERE serial = ?"
        tx.execute(added, [new, old])

    def _is_news(self, tx, event):
        known = "INSERT INTO latest VALUES (?, ?) ON CONFLICT (reference) DO UPDATE SET sequence = excluded.sequence"
        cursor = tx.execute(f"{known} WHERE excluded.sequence > sequence", [event["reference"], event["sequence"]])
        return cursor.rowcount == 1


def answer_of(secret, accounts, headers, body):
    """Return the status for a request: 204 taken, 401 not the bank's. The bank sends again what is not taken.

    What is refused is logged, without a word of what came: somebody who is not the bank knows the address.
    """
    try:
        accounts.take(verify_webhook(secret, headers, body, time.time()))
    except Forged as forged:
        logging.warning("refused: %s", forged)
        return 401
    except (ValueError, KeyError):
        logging.warning("refused: it cannot be read")
        return 401
    return 204


def serve(port, secret, accounts):
    """Take webhooks at this port until the process ends. In front of it stands whatever speaks TLS for the site."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self):  # noqa: N802 - the library's name
            length = self.headers.get("content-length", "")
            status = 413
            if length.isdigit() and int(length) <= LARGEST_BODY:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = answer_of(secret, accounts, headers, self.rfile.read(int(length)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


def main():
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Keep users with their certificates")
    parser.add_argument("--database", required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--policy", default=STATEMENT_POLICY)
    parser.add_argument("--port", type=int, required=True)
    chosen = parser.parse_args()
    accounts = Accounts(chosen.database, chosen.root, chosen.policy)
    serve(chosen.port, chosen.secret_file.read_text("ascii"), accounts)


if __name__ == "__main__":
    main()
