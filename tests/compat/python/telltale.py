"""What the tests with clients from PyPI share: a real telltale, a site to drive, and waiting for conditions.

TELLTALE_BINARY names the executable.
"""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

# The clients tell their makers that they are used and ask PyPI for newer versions; tests tell and ask nobody. Read at import.
os.environ["DISABLE_TELEMETRY"] = "true"
os.environ["HTTPS_PROXY"] = "http://127.0.0.1:9"
os.environ["NO_PROXY"] = "127.0.0.1,localhost"

PATIENCE_S = 20


def eventually(what, condition):
    """The first true value of `condition`, looked at every few milliseconds."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.005)


def png_size(png):
    """Width and height of a PNG."""
    assert png[1:4] == b"PNG", png[:8]
    return struct.unpack(">II", png[16:24])


class Telltale:
    """A telltale with folders of its own; ends with the test."""

    def __init__(self, test, *options):
        binary = os.environ.get("TELLTALE_BINARY")
        assert binary, "TELLTALE_BINARY names no executable"
        folder = pathlib.Path(tempfile.mkdtemp(prefix="telltale-"))
        test.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for name in ("home", "state", "run"):
            (folder / name).mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "XDG_STATE_HOME": str(folder / "state"),
                       "XDG_RUNTIME_DIR": str(folder / "run")}
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0", *options], env=environment,
                                            stdout=log, stderr=subprocess.STDOUT)
        test.addCleanup(self._end)

        def listening():
            log = (folder / "log").read_text()
            assert self.process.poll() is None, f"telltale has ended: {log}"
            return re.search(r"listening on (http://127\.0\.0\.1:\d+)\n", log)

        self.url = eventually("telltale to listen", listening)[1]
        self.token = (folder / "state" / "telltale" / "token").read_text().strip()

    def _end(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)


def _page(title, body):
    return f'<!doctype html><meta charset=utf-8><title>{title}</title><link rel=icon href="data:,">{body}'


PAGES = {
    "/": _page("Log in", """<form method=post action=/login><label>User <input name=user></label>
        <label>Password <input name=password type=password></label><button>Log in</button></form>"""),
    "/order": _page("Order", """<main><h1>Order tea</h1>
        <p id=praise>The best tea that there is on this side of the river, in two sizes and many colours.</p>
        <p><a href=/terms>Terms of delivery</a></p><img src=/tea.svg alt="A cup of tea" width=200 height=200>
        <form method=post action=/order><label>Name <input id=name name=name></label>
        <label>Code <input id=code name=code></label>
        <label>Size <select id=size name=size><option value=s>Small<option value=l>Large</select></label>
        <label><input id=gift name=gift type=checkbox> As a gift</label><button id=send class=main>Send it</button></form>
        <button id=off disabled>Off</button><p id=later hidden>now</p></main>
        <div style="height: 4000px"></div><button id=last>Far below</button>
        <script>setTimeout(() => { later.hidden = false }, 300)</script>"""),
    "/terms": _page("Terms", "<main><h1>Terms</h1><p>Delivered within three days, or you drink for free for a year.</p></main>"),
    "/apply": _page("Apply", """<label>CV <input id=cv type=file></label><script>
        const read = async () => [cv.files[0].name, await cv.files[0].text()]</script>"""),
    "/thanks": _page("Thanks", "<h1>Thank you</h1>"),
}
TEA = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><circle cx="100" cy="100" r="90"/></svg>'


class Shop:
    """A shop that wants a log-in and keeps what was sent to it; /never is a page that never comes. Ends with the test."""

    def __init__(self, test):
        self.received = []
        over = threading.Event()
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def _answer(self, status, headers, body=""):
                content = body.encode()
                self.send_response(status)
                for name, value in {**headers, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                path = urlsplit(self.path).path
                cookie = self.headers.get("cookie", "")
                if path == "/never":
                    over.wait(PATIENCE_S)
                elif path == "/order" and "user=ada" not in cookie:
                    self._answer(303, {"location": "/"})
                elif path == "/tea.svg":
                    self._answer(200, {"content-type": "image/svg+xml"}, TEA)
                elif path == "/api":
                    self._answer(418, {"content-type": "application/json", "x-shop": "tea"}, '{"cookie": "%s"}' % cookie)
                else:
                    self._answer(200 if path in PAGES else 404, {"content-type": "text/html"}, PAGES.get(path, "none"))

            def do_POST(self):
                sent = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
                shop.received.append((self.path, sent, self.headers.get("cookie", "")))
                if self.path == "/login":
                    self._answer(303, {"location": "/order", "set-cookie": "user=ada; HttpOnly"})
                else:
                    self._answer(303, {"location": "/thanks"})

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()

        def end():
            over.set()
            server.shutdown()
            server.server_close()
            thread.join()

        test.addCleanup(end)
        self.address = f"http://127.0.0.1:{server.server_address[1]}"

    def url(self, path):
        return self.address + path
