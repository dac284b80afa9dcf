"""Clients that mean harm or know no better, against one real node over raw sockets.

Every refusal has its own status and code (the tables below), leaves size and root of the ledger as they were, and ends
within the limit that the configuration sets. A flood costs the node a bounded amount of memory, and it serves when the
flood is gone. A store whose bytes were changed refuses to start and names what is damaged.
"""

import base64
import contextlib
import datetime
import json
import os
import pathlib
import re
import shutil
import socket
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402
from load import Load, checkpoint  # noqa: E402
from node_process import wait_until  # noqa: E402

HEADER_S, BODY_S, IDLE_S, WRITE_S = 1.0, 1.5, 2.0, 2.0
SLACK_S = 1.0  # the node looks at its clocks twenty times a second; the rest is for a busy machine
MAX_CONNECTIONS, PER_ADDRESS = 600, 400
FLOOD_KIB = 16 * 1024
LIMITS = (f"header_timeout_ms = {int(HEADER_S * 1000)}\nbody_timeout_ms = {int(BODY_S * 1000)}\n"
          f"idle_timeout_ms = {int(IDLE_S * 1000)}\nwrite_timeout_ms = {int(WRITE_S * 1000)}\n"
          f"max_connections = {MAX_CONNECTIONS}\nmax_connections_per_address = {PER_ADDRESS}\n")


def post(body, *fields, kind="application/jose+json", length=None):
    lines = ["POST /v1/entries HTTP/1.1", "Host: node", f"Content-Type: {kind}", *fields]
    if length is not False:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(*lines, path="/checkpoint"):
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines]).encode() + b"\r\n\r\n"


def chunk(body):
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = b"GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n"

# What is sent, and the status and code that it gets. None of these connections may be used on.
MESSAGES = {
    "garbage": (bytes(range(1, 256)) + b"\r\n\r\n", 400, "bad_request"),
    "TLS to a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n", 400, "bad_request"),
    "HTTP/0.9": (b"GET /checkpoint\r\n\r\n", 400, "bad_request"),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "bad_request"),
    "no Host": (get(), 400, "bad_request"),
    "two Hosts": (get("Host: node", "Host: other"), 400, "bad_request"),
    "space before the colon": (get("Host : node"), 400, "bad_request"),
    "control character in the target": (get("Host: node", path="/checkpoint\x01"), 400, "bad_request"),
    "length and chunked": (post(b"0\r\n\r\n" + SMUGGLED, CHUNKED, length=5), 400, "bad_request"),
    "two lengths": (post(b"{}" + SMUGGLED, "Content-Length: 40"), 400, "bad_request"),
    "negative length": (post(b"", length=-1), 400, "bad_request"),
    "length that overflows": (post(b"", length=2**64 + 2), 400, "bad_request"),
    "unknown coding": (post(b"", "Transfer-Encoding: gzip", length=False), 501, "bad_request"),
    "chunked not last": (post(b"0\r\n\r\n", "Transfer-Encoding: chunked, gzip", length=False), 501, "bad_request"),
    "bad chunk": (post(b"zz\r\n{}\r\n0\r\n\r\n", CHUNKED, length=False), 400, "bad_request"),
    "unknown expectation": (post(b"", "Expect: miracles"), 417, "bad_request"),
    "one large field": (get("Host: node", "X: " + "x" * 9_000), 431, "header_too_large"),
    "many fields": (get("Host: node", *[f"X{i}: x" for i in range(500)]), 431, "header_too_large"),
    "endless target": (get("Host: node", path="/" + "x" * 20_000), 431, "header_too_large"),
    "announced too large": (post(b"", length=10_000_000), 413, "body_too_large"),
    "grown too large": (post(chunk(b"x" * 30_000) * 20, CHUNKED, length=False), 413, "body_too_large"),
}

# The same for messages after which the connection may be used on.
REQUESTS = {
    "no such place": (get("Host: node", path="/v1/nothing"), 404, "not_found"),
    "method": (b"DELETE /v1/entries HTTP/1.1\r\nHost: node\r\n\r\n", 405, "method_not_allowed"),
    "broken escape": (get("Host: node", path="/v1/entries?type=%zz"), 400, "bad_request"),
    "no answer that it takes": (get("Host: node", "Accept: image/png", path="/v1/orgs"), 406, "not_acceptable"),
    "no token": (get("Host: node", path="/v1/export"), 401, "bad_token"),
    "not JSON": (post(b"{"), 400, "json_syntax"),
    "empty": (post(b""), 400, "json_syntax"),
    "duplicate member": (post(b'{"payload":"e30","payload":"e30"}'), 400, "json_duplicate_member"),
    "too deep": (post(b"[" * 5_000), 400, "json_depth"),
    "a compact JWS": (post(b"e30.e30.AAAA"), 400, "json_syntax"),
}


class Raw:
    """One connection of a client that keeps no rules. `source`: the loopback address that it comes from."""

    def __init__(self, port, source="127.0.0.1", receive_buffer=0):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.bind((source, 0))
        self.socket.settimeout(15)
        self.socket.connect(("127.0.0.1", port))
        self.buffer = b""

    def send(self, data):
        with contextlib.suppress(ConnectionError):  # cut off meanwhile: reading tells
            self.socket.sendall(data)
        return self

    def _fill(self):
        try:
            piece = self.socket.recv(65_536)
        except ConnectionError:
            piece = b""
        self.buffer += piece
        return piece

    def answer(self):
        """(status, body), or (None, what came) if the connection ends first."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._fill():
                return None, self.buffer
        head, rest = self.buffer.split(b"\r\n\r\n", 1)
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        while len(rest) < length:
            if not self._fill():
                return None, self.buffer
            rest = self.buffer.split(b"\r\n\r\n", 1)[1]
        self.buffer = rest[length:]
        return int(head[9:12]), rest[:length]

    def seconds_until_closed(self):
        begin = time.monotonic()
        while self._fill():
            pass
        return time.monotonic() - begin

    def open(self):
        """False once the node has closed it; reads nothing."""
        self.socket.setblocking(False)
        try:
            return self.socket.recv(1, socket.MSG_PEEK) != b""
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        finally:
            self.socket.settimeout(15)

    def close(self):
        self.socket.close()


def moved(**delta):
    time_then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return time_then.strftime("%Y-%m-%dT%H:%M:%SZ")


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def padded_off(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_jws(entry, change):
    jws = json.loads(entry)
    change(jws)
    return json.dumps(jws).encode()


class BadClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.play = Play(cls.folder.name, http=LIMITS)
        cls.play.node.start()
        cls.seller = cls.registration("seller")
        assert cls.play.post(cls.seller)[0] == 201

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.folder.cleanup()

    @classmethod
    def registration(cls, name, **members):
        return cls.play.entry(*cls.parts(name), **members)

    @classmethod
    def parts(cls, name, kind="org.register"):
        return kind, [("registrant", name), ("registrar", "registrar")], {
            "org": {"id": ORGS[name][0], "name": name, "region": "320500", "ownership": "private", "scale": "small",
                    "chain_roles": []},
            "keys": [{"jwk": cls.play.jwks[name], "use": "sign"}]}

    def connect(self, **options):
        raw = Raw(self.play.port, **options)
        self.addCleanup(raw.close)
        return raw

    def metric(self, name):
        _, _, body = self.play.node.request("GET", "/metrics")
        return float(re.search(rf"^{name} (\S+)$", body.decode(), re.M)[1])

    @contextlib.contextmanager
    def nothing_changes(self):
        before = checkpoint(self.play.node)
        yield
        self.assertEqual(checkpoint(self.play.node), before)

    def assert_refused(self, answer, status, code):
        self.assertEqual(answer[0], status, answer[1])
        self.assertEqual(json.loads(answer[1])["code"], code)

    def test_messages_that_are_no_requests_end_their_connection(self):
        for name, (message, status, code) in MESSAGES.items():
            with self.subTest(name), self.nothing_changes():
                raw = self.connect().send(message)
                self.assert_refused(raw.answer(), status, code)
                self.assertLess(raw.seconds_until_closed(), 1 + SLACK_S)
                self.assertEqual(raw.buffer, b"", "what was smuggled behind it was answered")

    def test_requests_that_are_refused_leave_their_connection_usable(self):
        for name, (message, status, code) in REQUESTS.items():
            with self.subTest(name), self.nothing_changes():
                raw = self.connect().send(message)
                self.assert_refused(raw.answer(), status, code)
                self.assertEqual(raw.send(get("Host: node", path="/livez")).answer()[0], 200)

    def test_a_batch_without_a_body_is_answered(self):
        head = b"POST /v1/batches HTTP/1.1\r\nHost: node\r\n"
        for fields in (b"", b"Content-Length: 0\r\n", b"Expect: 100-continue\r\nContent-Length: 0\r\n"):
            with self.subTest(fields), self.nothing_changes():
                raw = self.connect().send(head + fields + b"Connection: close\r\n\r\n")
                raw.seconds_until_closed()
                self.assertTrue(raw.buffer.startswith(b"HTTP/1.1 200 "), raw.buffer)
                self.assertTrue(raw.buffer.endswith(b"\r\n\r\n0\r\n\r\n"), raw.buffer)

    def test_pipelined_requests_are_answered_in_order(self):
        raw = self.connect()
        raw.send(post(b"{") + get("Host: node") + get("Host: node", path="/v1/nothing") + post(self.seller))
        statuses = [raw.answer()[0] for _ in range(4)]
        self.assertEqual(statuses, [400, 200, 404, 200])

    def test_entries_that_are_refused(self):
        play = self.play
        buyer = self.registration("buyer")
        payload = json.loads(unpadded(json.loads(buyer)["payload"]))

        def changed_payload(jws):
            jws["payload"] = padded_off(json.dumps({**payload, "salt": padded_off(os.urandom(16))}).encode())

        def protected(**members):
            def change(jws):
                header = {**json.loads(unpadded(jws["signatures"][0]["protected"])), **members}
                jws["signatures"][0]["protected"] = padded_off(json.dumps(header).encode())
            return change

        def flipped_signature(jws):
            signature = bytearray(unpadded(jws["signatures"][1]["signature"]))
            signature[0] ^= 1
            jws["signatures"][1]["signature"] = padded_off(signature)

        alone = play.payload("dataset.review", [("registrar", "seller")], {"dataset": "A" * 43, "outcome": "accept"})
        cases = {
            "changed after signing": (with_jws(buyer, changed_payload), 401, "bad_signature"),
            "one bit of the second signature": (with_jws(buyer, flipped_signature), 401, "bad_signature"),
            "signatures in another order": (with_jws(buyer, lambda jws: jws["signatures"].reverse()), 400, "envelope_form"),
            "larger than an entry may be": (with_jws(buyer, lambda jws: jws.update(payload="A" * 40_000)), 413,
                                            "entry_too_large"),
            "a signature missing": (with_jws(buyer, lambda jws: jws["signatures"].pop()), 400, "envelope_form"),
            "a signature twice": (with_jws(buyer, lambda jws: jws["signatures"].append(jws["signatures"][0])), 400,
                                  "envelope_form"),
            "made for another purpose": (with_jws(buyer, protected(typ="dengji-read+jwt")), 401, "jws_typ"),
            "algorithm none": (with_jws(buyer, protected(alg="none")), 400, "jws_header"),
            "for another ledger": (self.registration("buyer", ledger="other.example/data"), 422, "wrong_ledger"),
            "of another genesis": (self.registration("buyer", genesis="A" * 43), 422, "wrong_genesis"),
            "expired": (self.registration("buyer", made_at=moved(hours=-2), valid_until=moved(hours=-1)), 422,
                        "entry_expired"),
            "made in the future": (self.registration("buyer", made_at=moved(minutes=10), valid_until=moved(hours=1)), 422,
                                   "made_in_future"),
            "out of role": (play.sign(alone, ["seller"]), 403, "role_not_held"),
            "an unknown key": (play.entry("dataset.withdraw", [("applicant", "buyer")], {"dataset": "A" * 43}), 401,
                               "unknown_key"),
            "an id used again": (self.registration("seller", id=json.loads(unpadded(json.loads(self.seller)["payload"]))["id"]),
                                 409, "id_reused"),
        }
        for name, (entry, status, code) in cases.items():
            with self.subTest(name), self.nothing_changes():
                self.assert_refused(self.connect().send(post(entry)).answer(), status, code)
        with self.subTest("sent again it is no new entry"), self.nothing_changes():
            self.assertEqual(self.connect().send(post(self.seller)).answer()[0], 200)
        with self.subTest("none of the refused has used up the id"):
            self.assertEqual(self.connect().send(post(buyer)).answer()[0], 201)

    def test_who_is_slow_is_cut_off(self):
        with self.nothing_changes():
            half_header, half_body = self.connect(), self.connect()
            dripping, silent, half_closed = self.connect(), self.connect(), self.connect()
            begin = time.monotonic()
            half_header.send(b"GET /checkpoint HTTP/1.1\r\nHost:")
            half_body.send(post(b"{", length=500))
            half_closed.send(b"GET /checkpoint HTTP/1.1\r\n").socket.shutdown(socket.SHUT_WR)
            half_closed.seconds_until_closed()
            self.assertLess(time.monotonic() - begin, SLACK_S)
            while time.monotonic() - begin < HEADER_S / 2:
                dripping.send(b"G")
                time.sleep(0.1)
            self.assert_refused(half_header.answer(), 408, "request_timeout")
            self.assertLess(time.monotonic() - begin, HEADER_S + SLACK_S)
            self.assert_refused(dripping.answer(), 408, "request_timeout")
            self.assertLess(time.monotonic() - begin, HEADER_S + SLACK_S)
            self.assert_refused(half_body.answer(), 408, "request_timeout")
            self.assertLess(time.monotonic() - begin, BODY_S + SLACK_S)
            silent.seconds_until_closed()
            self.assertLess(time.monotonic() - begin, IDLE_S + SLACK_S)
            self.assertGreater(time.monotonic() - begin, IDLE_S - SLACK_S)

    def test_who_never_reads_is_cut_off(self):
        with self.subTest("answers"), self.nothing_changes():
            before = self.metric("dengji_http_timeouts_total")
            raws = [self.connect(receive_buffer=4_096) for _ in range(8)]
            for raw in raws:
                raw.socket.setblocking(False)
                with contextlib.suppress(BlockingIOError, ConnectionError):
                    while True:
                        raw.socket.send(get("Host: node", path="/openapi.json") * 50)
            wait_until(lambda: self.metric("dengji_http_timeouts_total") >= before + len(raws), WRITE_S + 2 + SLACK_S,
                       "those who do not read are cut off")
        with self.subTest("a stream over WebSocket"):
            load = Load(self.play, entries=6_000)
            self.addCleanup(load.kill)
            load.finish()
            with self.nothing_changes():
                raws = [self.connect(receive_buffer=4_096) for _ in range(8)]
                for raw in raws:
                    raw.send(get("Host: node", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", *self.play_token(), path="/v1/stream?from=0"))
                wait_until(lambda: self.metric("dengji_http_websockets") == len(raws), 5, "they are connected")
                wait_until(lambda: self.metric("dengji_http_websockets") == 0, WRITE_S + 2 + 2 * SLACK_S, "they are cut off")

    def play_token(self):
        return [f"{name}: {value}" for name, value in self.play.authorization().items()]

    def test_a_flood_costs_bounded_memory(self):
        node = self.play.node
        half = post(b"x" * 200, length=30_000)
        with self.nothing_changes():
            before = node.rss_anon_kib()
            one = [self.connect(source="127.0.0.2").send(half) for _ in range(PER_ADDRESS + 100)]
            self.assertEqual(node.status_of("/livez"), 200, "another address is served meanwhile")
            others = [self.connect(source="127.0.0.3").send(half) for _ in range(MAX_CONNECTIONS - PER_ADDRESS + 100)]
            wait_until(lambda: sum(raw.open() for raw in one + others) <= MAX_CONNECTIONS, 1, "the rest was refused")
            grown = node.rss_anon_kib() - before
            self.assertLess(grown, FLOOD_KIB)
            self.assertLessEqual(sum(raw.open() for raw in one), PER_ADDRESS)
            wait_until(lambda: node.status_of("/livez") == 200, BODY_S + 1 + 2 * SLACK_S, "the node serves again")
        self.assertGreaterEqual(self.metric("dengji_http_refused_total"), 200)
        for turn in range(5):
            for raw in [self.connect(source=f"127.0.0.{turn + 4}").send(half) for _ in range(PER_ADDRESS)]:
                raw.close()
        wait_until(lambda: node.status_of("/livez") == 200, 5, "the node serves again")
        again = node.rss_anon_kib() - before
        self.assertLess(again, FLOOD_KIB)
        print(f"a flood of {MAX_CONNECTIONS} connections: {grown} KiB more, after {5 * PER_ADDRESS} further ones {again} KiB")


class DamagedStore(unittest.TestCase):
    """Flipped bytes in the files of a store at rest: dengjid ends, not with 0, and says what is damaged."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.play = Play(folder.name)
        self.addCleanup(self.play.node.kill)
        self.data, self.kept = self.play.folder / "data", self.play.folder / "kept"
        self.play.node.start()
        self.play.register("seller", "320500")
        load = Load(self.play, entries=800)
        self.addCleanup(load.kill)
        load.finish()
        self.checkpoint = checkpoint(self.play.node)

    def stop(self):
        self.assertEqual(self.play.node.stop(), 0)
        shutil.copytree(self.data, self.kept, dirs_exist_ok=True)

    def restore(self):
        shutil.rmtree(self.data)
        shutil.copytree(self.kept, self.data)

    def assert_refuses(self, name, place):
        node = self.play.node
        file = self.data / name
        content = bytearray(file.read_bytes())
        content[place] ^= 0x10
        file.write_bytes(content)
        node.log.unlink()
        node.spawn()
        try:
            self.assertNotEqual(node.process.wait(20), 0)
        finally:
            node.kill()
        said = node.log.read_text()
        named = re.escape(name) + r", byte \d+|\((head|leaf \d+|the record (after|before) |state key |entry id |hashes )"
        self.assertRegex(said, f"corrupt: .*({named})", f"{name}, byte {place}")
        self.restore()

    def largest(self, ending):
        return max(self.data.glob(f"*{ending}"), key=lambda file: file.stat().st_size)

    def test_changed_bytes_are_found_at_start(self):
        node = self.play.node
        self.stop()
        log = self.largest(".log")
        size = log.stat().st_size
        for place in (8, 4_000, size // 3, size // 2, size * 2 // 3):
            self.assert_refuses(log.name, place)
        node.start()  # the log becomes a table
        self.assertEqual(checkpoint(node), self.checkpoint)
        self.stop()
        table = self.largest(".ldb")
        size = table.stat().st_size
        for place in (8, size // 5, size // 3, size // 2, size * 2 // 3):
            self.assert_refuses(table.name, place)
        self.assert_refuses(max(self.data.glob("MANIFEST-*")).name, 20)
        self.data.joinpath(table.name).unlink()
        node.spawn()
        self.assertNotEqual(node.process.wait(20), 0)
        self.restore()
        node.start()
        self.assertEqual(checkpoint(node), self.checkpoint)


if __name__ == "__main__":
    unittest.main()
