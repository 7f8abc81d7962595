"""A receiver of webhooks: checks the signature, leaves out what it has seen, and answers at once."""

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

WEBHOOK = Webhook(os.environ["WEBHOOK_SECRET"])
SEEN: set[str] = set()  # a shop keeps these where its orders are


class Receiver(BaseHTTPRequestHandler):
    """Behind a proxy that speaks https: the service calls nothing else."""

    def do_POST(self) -> None:
        """One message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            message = WEBHOOK.verify(body, {name.lower(): value for name, value in self.headers.items()})
        except WebhookVerificationError:
            self._answer(401)
            return
        if self.headers["webhook-id"] not in SEEN:
            SEEN.add(self.headers["webhook-id"])
            # The message is thin: whoever wants the frames reads the job with a key of its own.
            print(message["type"], message["data"].get("id", ""), flush=True)
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
