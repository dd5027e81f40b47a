# SPDX-License-Identifier: Apache-2.0
"""A schema registry that wants to know who asks, in front of one that does not.

    guarded_registry.py URL USER PASSWORD FILE

writes its own address into FILE.
"""
import sys
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "shared"))
import ask  # noqa: E402

url, user, password, file = sys.argv[1:]
secret = ask.basic(user, password)["Authorization"]


class Guard(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Authorization") != secret:
            self.answer(401, b'{"error_code":401,"message":"Unauthorized"}')
            return
        try:
            with ask.DIRECT.open(url + self.path, timeout=30) as answer:
                self.answer(answer.status, answer.read())
        except urllib.error.HTTPError as why:
            self.answer(why.code, why.read())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
Path(file).write_text(f"http://127.0.0.1:{server.server_port}\n", encoding="utf-8")
server.serve_forever()
