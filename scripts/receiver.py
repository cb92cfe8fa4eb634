"""A webhook receiver to try things out with: verifies each message with the standardwebhooks library and prints it.

Usage: receiver.py PORT-FILE SECRET-FILE. Listens on a free port of this machine, which it writes to PORT-FILE.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

port_file, secret_file = map(Path, sys.argv[1:3])


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is signed, 401 to what isn't."""

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = Webhook(secret_file.read_text().strip()).verify(body, headers)
        except WebhookVerificationError as error:
            print(f"  refused: {error}", flush=True)
            self.send_response(401)
        else:
            data = message["data"]
            result = data.get("grade") or data.get("grading") or {}
            who = data.get("learner", {}).get("login")
            print(f"  verified {message['type']}: {who} {result.get('score')} of {result.get('max_score')}", flush=True)
            self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing else."""


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
port_file.write_text(str(server.server_port))
server.serve_forever()
