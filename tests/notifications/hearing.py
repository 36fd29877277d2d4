"""A robot at the other end of a webhook: a real server on this machine that keeps what it is told."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

from notifications.models import Channel


@contextmanager
def robot():
    """Yields it: `url`, `heard` (path, headers, body of each post), and `answer` (status, text), which a test changes."""
    state = SimpleNamespace(heard=[], answer=(200, '{"errcode": 0, "errmsg": "ok"}'), headers={}, url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.heard.append(SimpleNamespace(path=self.path, headers=dict(self.headers), body=json.loads(body)))
            status, text = state.answer
            self.send_response(status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args):
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        state.host = f"127.0.0.1:{server.server_port}"
        state.url = f"http://{state.host}/robot?key=k-1"
        yield state
        server.shutdown()


def make_channel(url: str, kind: str = "wecom", **more) -> Channel:
    """A channel that hears of everything, unless told otherwise."""
    units = more.pop("units", ())
    channel = Channel.objects.create(name=more.pop("name", f"{kind} {url[-9:]}"), kind=kind, url=url, **more)
    channel.units.set(units)
    return channel
