# SPDX-License-Identifier: Apache-2.0
"""A HTTP front for the ClickHouse engine that the Python package chdb-core holds; for the integration tests only.

It speaks as much of ClickHouse's HTTP interface as a sink needs, and runs one query at a time. What it cannot show:
errors after the first byte of an answer, asynchronous inserts, sessions, and grants.
"""

import argparse
import base64
import hmac
import http.server
import json
import os
import re
import signal
import sys
import tempfile
import threading
import urllib.parse
import uuid
import zlib

from chdb.session import Session

# URL parameters that ClickHouse does not take as settings, and those a session of ours could not take back.
NOT_SETTINGS = {
    "query", "user", "password", "database", "default_format", "query_id", "session_id", "session_timeout",
    "session_check", "quota_key", "role", "compress", "decompress", "buffer_size", "wait_end_of_query", "stacktrace",
    "client_protocol_version", "readonly", "allow_ddl",
}

STATUS_OF_ERROR = {
    401: {"REQUIRED_PASSWORD"},
    403: {"UNKNOWN_USER", "WRONG_PASSWORD", "AUTHENTICATION_FAILED", "SET_NON_GRANTED_ROLE", "ACCESS_DENIED"},
    400: {
        "BAD_ARGUMENTS", "CANNOT_COMPILE_REGEXP", "CANNOT_PARSE_DATE", "CANNOT_PARSE_DATETIME",
        "CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING", "CANNOT_PARSE_ESCAPE_SEQUENCE", "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
        "CANNOT_PARSE_IPV4", "CANNOT_PARSE_IPV6", "CANNOT_PARSE_NUMBER", "CANNOT_PARSE_QUOTED_STRING",
        "CANNOT_PARSE_TEXT", "CANNOT_PARSE_UUID", "DUPLICATE_COLUMN", "ILLEGAL_COLUMN", "INCORRECT_DATA",
        "SYNTAX_ERROR", "THERE_IS_NO_COLUMN", "TOO_BIG_AST", "TOO_DEEP_AST", "TYPE_MISMATCH",
        "UNEXPECTED_AST_STRUCTURE", "UNKNOWN_ELEMENT_IN_AST", "UNKNOWN_TYPE_OF_AST_NODE",
        "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
    },
    404: {
        "UNKNOWN_AGGREGATE_FUNCTION", "UNKNOWN_DATABASE", "UNKNOWN_DATABASE_ENGINE", "UNKNOWN_DIRECTION_OF_SORTING",
        "UNKNOWN_FORMAT", "UNKNOWN_FUNCTION", "UNKNOWN_IDENTIFIER", "UNKNOWN_ROLE", "UNKNOWN_SETTING",
        "UNKNOWN_STORAGE", "UNKNOWN_TABLE", "UNKNOWN_TYPE", "UNKNOWN_TYPE_OF_QUERY",
    },
    408: {"TIMEOUT_EXCEEDED"},
    411: {"HTTP_LENGTH_REQUIRED"},
    413: {"QUERY_IS_TOO_LARGE"},
    415: {"UNSUPPORTED_MEDIA_TYPE"},
    501: {"NOT_IMPLEMENTED"},
    503: {"SOCKET_TIMEOUT", "CANNOT_OPEN_FILE", "CANNOT_SCHEDULE_TASK"},
}

# Quoted names, texts and parentheses are skipped as a whole: a column called "values" does not end the head.
ATOM = rb"(?:`[^`]*`|\"[^\"]*\"|'(?:\\.|[^'\\])*'|\((?:[^()]|\([^()]*\))*\)|[^`\"'()])"
INSERT_WITH_DATA = re.compile(
    rb"\s*INSERT\s+INTO\s+(?P<target>" + ATOM + rb"*?)\s*(?P<settings>\bSETTINGS\s" + ATOM + rb"*?)?\s*"
    rb"(?:\bFORMAT\s+(?P<format>\w+)[ \t\r\f;]*(?:\n|\Z)|\bVALUES\b)",
    re.IGNORECASE | re.DOTALL,
)
READS_ONLY = re.compile(rb"\s*(SELECT|WITH|SHOW|DESCRIBE|DESC|EXISTS|EXPLAIN)\b", re.IGNORECASE)


class ClickHouseError(Exception):
    """An error as ClickHouse words it: number, name, text."""

    def __init__(self, code, name, text):
        super().__init__(text)
        self.code, self.name = code, name

    @classmethod
    def of_engine(cls, text):
        """Reads the engine's text, whose `Code: N. DB::Exception: ` and name may each stand there twice."""
        match = re.match(r"(?:Code: (\d+)\. DB::Exception: )+", text)
        code = int(match.group(1)) if match else 1001
        message = text[match.end():] if match else text
        message = re.sub(r"( \(version [^()]*\))?\.( \([A-Z0-9_]+\))?\s*\Z", r"\2", message)
        names = re.findall(r"\(([A-Z][A-Z0-9_]+)\)", message)
        name = names[-1] if names else "STD_EXCEPTION"
        message = re.sub(rf"\.? ?(\({name}\)\s*)+\Z", "", message)
        return cls(code, name, message)

    def status(self):
        return next((status for status, names in STATUS_OF_ERROR.items() if self.name in names), 500)


def text_literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Engine:
    """One session of the engine, used by one request at a time."""

    def __init__(self, directory):
        os.makedirs(directory, exist_ok=True)
        self.bodies = os.path.join(directory, "bodies")
        os.makedirs(self.bodies, exist_ok=True)
        self.lock = threading.Lock()
        self.session = Session(os.path.join(directory, "store"))
        self.version = self.run("SELECT version()").bytes().decode().strip()

    def run(self, text, output_format="TabSeparated"):
        try:
            return self.session.query(text, output_format)
        except RuntimeError as error:
            raise ClickHouseError.of_engine(str(error)) from None

    def execute(self, request):
        """Runs a request under its own settings and database; the session is as before afterwards."""
        with self.lock:
            undo = []
            try:
                for name, value in request.settings:
                    self.run(f"SET {name} = {text_literal(value)}")
                    if not name.startswith("param_"):
                        undo.append(f"SET {name} = DEFAULT")
                if request.database:
                    self.run(f"USE `{request.database}`")
                    undo.append("USE default")
                return self.run_text_or_data(request)
            finally:
                for text in reversed(undo):
                    self.run(text)

    def run_text_or_data(self, request):
        insert = request.insert()
        if insert is None:
            return self.run(request.whole_text().decode("utf-8", "surrogateescape"), request.output_format)
        # Through a file, because the engine takes a query as text and the data may be any bytes.
        head, data, compression = insert
        with tempfile.NamedTemporaryFile(dir=self.bodies) as file:
            file.write(data)
            file.flush()
            source = f"FROM INFILE {text_literal(file.name)}"
            if compression:
                source += f" COMPRESSION {text_literal(compression)}"
            try:
                return self.run(head.replace("\0", source))
            except ClickHouseError as error:
                place = f": (in file/uri {file.name})"
                raise ClickHouseError(error.code, error.name, str(error).replace(place, "")) from None

    def close(self):
        with self.lock:
            self.session.close()


class Request:
    """What a request asks for, read from its URL, headers and body."""

    def __init__(self, parameters, headers, body):
        self.parameters, self.body = parameters, body
        self.encoding = headers.get("Content-Encoding", "").strip().lower()
        self.query = parameters.get("query", "").encode("utf-8", "surrogateescape")
        self.database = parameters.get("database") or headers.get("X-ClickHouse-Database") or ""
        self.output_format = parameters.get("default_format") or headers.get("X-ClickHouse-Format") or "TabSeparated"
        self.query_id = parameters.get("query_id") or str(uuid.uuid4())
        self.settings = [(name, value) for name, value in parameters.items() if name not in NOT_SETTINGS]
        for name, _ in self.settings:
            if not re.fullmatch(r"\w+", name):
                raise ClickHouseError(115, "UNKNOWN_SETTING", f"Unknown setting '{name}'")
        if "`" in self.database:
            raise ClickHouseError(81, "UNKNOWN_DATABASE", f"Database {self.database} does not exist")

    def plain_body(self):
        if self.encoding in ("gzip", "deflate"):
            try:
                return zlib.decompress(self.body, zlib.MAX_WBITS | 32)
            except zlib.error as error:
                raise ClickHouseError(354, "ZLIB_INFLATE_FAILED", f"inflate failed: {error}") from None
        if self.encoding in ("", "identity"):
            return self.body
        raise ClickHouseError(415, "UNSUPPORTED_MEDIA_TYPE", f"{self.encoding} is taken for the data of an INSERT only")

    def whole_text(self):
        text = b"\n".join(part for part in (self.query, self.plain_body()) if part)
        if not text.strip():
            raise ClickHouseError(62, "SYNTAX_ERROR", "Syntax error: failed at position 1 (end of query): Empty query")
        return text

    def insert(self):
        """The head (NUL where the source goes), the data and how it is compressed; None for every other query."""
        if self.encoding and self.query:
            # The body is data and nothing else: the engine unpacks it, in all the ways it knows.
            match, compression = INSERT_WITH_DATA.match(self.query), self.encoding
            data = self.body if match and not self.query[match.end():].strip() else None
        else:
            text, compression = self.whole_text(), ""
            match = INSERT_WITH_DATA.match(text)
            data = text[match.end():] if match else None
        if data is None or re.search(rb"\bSELECT\b", match["target"], re.IGNORECASE):
            return None
        target = re.sub(rb"\ATABLE\s+", b"", match["target"], flags=re.IGNORECASE)
        head = b"INSERT INTO %s \0 %s FORMAT %s" % (target, match["settings"] or b"", match["format"] or b"Values")
        return head.decode("utf-8", "surrogateescape"), data, compression

    def changes_something(self):
        return not READS_ONLY.match(self.query or self.body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body of an answer leave in one packet.
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    engine = None
    user = password = ""

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def handle_expect_100(self):
        proceed = super().handle_expect_100()
        self.wfile.flush()
        return proceed

    def log_message(self, format, *arguments):
        """The URL may hold a password: only failures are logged, by their text."""

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        parameters = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True, errors="surrogateescape"))
        try:
            body = self.read_body()
            if url.path == "/ping" or (url.path == "/" and self.command == "GET" and not url.query):
                self.reply(200, b"Ok.\n")
            elif url.path != "/":
                self.reply(404, f"There is no handle {url.path}\n".encode())
            else:
                self.check_user(parameters)
                self.execute(Request(parameters, self.headers, body))
        except ClickHouseError as error:
            text = f"Code: {error.code}. DB::Exception: {error}. ({error.name}) (version {self.engine.version})\n"
            print(text, end="", file=sys.stderr, flush=True)
            self.reply(error.status(), text.encode("utf-8", "surrogateescape"),
                       {"X-ClickHouse-Exception-Code": str(error.code)})

    def execute(self, request):
        if self.command == "GET" and request.changes_something():
            raise ClickHouseError(164, "READONLY", "Cannot execute query in readonly mode. "
                                  "For queries over HTTP, method GET implies readonly")
        result = self.engine.execute(request)
        inserted = request.insert() is not None
        summary = {
            "read_rows": result.rows_read() if inserted else result.storage_rows_read(),
            "read_bytes": result.bytes_read() if inserted else result.storage_bytes_read(),
            "written_rows": result.rows_read() if inserted else 0,
            "written_bytes": result.bytes_read() if inserted else 0,
            "result_rows": result.rows_read(),
            "elapsed_ns": int(result.elapsed() * 1e9),
        }
        self.reply(200, result.bytes(), {
            "X-ClickHouse-Query-Id": request.query_id,
            "X-ClickHouse-Timezone": "UTC",
            # The numbers are texts there, and so they are here.
            "X-ClickHouse-Summary": json.dumps({name: str(value) for name, value in summary.items()}),
        })

    def read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(iter(self.read_chunk, b""))
        if "Content-Length" not in self.headers:
            if self.command == "POST":
                self.close_connection = True
                raise ClickHouseError(381, "HTTP_LENGTH_REQUIRED", "The Transfer-Encoding is not chunked and there "
                                      "is no Content-Length header for POST request")
            return b""
        return self.read_exactly(int(self.headers["Content-Length"]))

    def read_chunk(self):
        size = self.rfile.readline().split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]+", size):
            raise ConnectionAbortedError
        chunk = self.read_exactly(int(size, 16))
        # The line end after a chunk; after the last one, trailers and then an empty line.
        while self.rfile.readline() not in (b"\r\n", b"\n", b"") and not chunk:
            pass
        return chunk

    def read_exactly(self, size):
        """A client that goes away in the middle of its data has inserted nothing."""
        data = self.rfile.read(size)
        if len(data) != size:
            raise ConnectionAbortedError
        return data

    def check_user(self, parameters):
        name, key = self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")
        kind, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            name, _, key = base64.b64decode(credentials).decode("utf-8", "replace").partition(":")
        name = name or parameters.get("user") or "default"
        key = key or parameters.get("password") or ""
        expected = {"default": "", self.user: self.password}.get(name)
        if expected is None or not hmac.compare_digest(expected.encode(), key.encode()):
            raise ClickHouseError(516, "AUTHENTICATION_FAILED", f"{name}: Authentication failed: password is "
                                  "incorrect, or there is no user with such name")

    def reply(self, status, body, headers=None):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=UTF-8")
        self.send_header("X-ClickHouse-Server-Display-Name", "weir-tests")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Clients of the tests break off on purpose; anything else belongs into the log."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--directory", required=True)
    options = arguments.parse_args()

    Handler.engine = Engine(options.directory)
    # A second user beside `default`, which has no password.
    Handler.user, Handler.password = os.environ.get("WEIR_CHDB_USER", ""), os.environ.get("WEIR_CHDB_PASSWORD", "")
    server = Server(("127.0.0.1", options.port), Handler)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    Handler.engine.close()
    # Idle connections still have threads: nothing is left for them to do.
    os._exit(0)


if __name__ == "__main__":
    main()
