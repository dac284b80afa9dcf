"""The load generator as a process, what it recorded, and a tree computed here from what the node serves.

Standard library only.
"""

import base64
import dataclasses
import hashlib
import json
import os
import subprocess

from ledger_play import ENV, LEDGER, ORGS
from node_process import BIN_DIR, Failed


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclasses.dataclass(frozen=True)
class Receipt:
    entry_id: str
    seq: int
    leaf_hash: bytes
    status: int


class Load:
    """One run of load_gen against the node of `play`; `options` are its own, with _ for -."""

    def __init__(self, play, **options):
        self.receipts_file = play.folder / "receipts"
        self.unanswered_file = play.folder / "unanswered"
        for file in (self.receipts_file, self.unanswered_file):
            file.unlink(missing_ok=True)
        command = [BIN_DIR / "load_gen", "--port", play.port, "--ledger", LEDGER, "--genesis", play.genesis, "--key",
                   play.folder / "seller.key", "--org", ORGS["seller"][0], "--passphrase-env", "DENGJI_PASSPHRASE",
                   "--receipts", self.receipts_file, "--unanswered", self.unanswered_file]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", value]
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**os.environ, **ENV})

    def finish(self, timeout_s=120):
        """The summary that it prints at its end."""
        out, errors = self.process.communicate(timeout=timeout_s)
        if self.process.returncode != 0:
            raise Failed(f"load_gen ended with {self.process.returncode}: {out}{errors}")
        return json.loads(out.splitlines()[-1])

    def stop(self):
        """SIGTERM: it waits for the answers that are owed to it, then ends."""
        self.process.terminate()
        return self.finish()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def receipts(self):
        """Those so far, while it runs too."""
        found = []
        text = self.receipts_file.read_text() if self.receipts_file.exists() else ""
        for line in text[:text.rfind("\n") + 1].splitlines():
            entry_id, seq, leaf_hash, status = line.split()
            found.append(Receipt(entry_id, int(seq), unpadded(leaf_hash), int(status)))
        return found

    def unanswered(self):
        """The entry ids of what was sent and never answered."""
        ids = []
        for line in self.unanswered_file.read_text().splitlines():
            digest = hashlib.sha256(unpadded(json.loads(line)["payload"])).digest()
            ids.append(base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
        return ids


class Tree:
    """An RFC 6962 tree over leaf hashes, by its right edge."""

    def __init__(self):
        self.size = 0
        self.edge = []  # (height, hash), the highest first

    def append(self, leaf_hash):
        height = 0
        while self.edge and self.edge[-1][0] == height:
            leaf_hash = hashlib.sha256(b"\x01" + self.edge.pop()[1] + leaf_hash).digest()
            height += 1
        self.edge.append((height, leaf_hash))
        self.size += 1

    def root(self):
        if not self.edge:
            return hashlib.sha256().digest()
        root = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            root = hashlib.sha256(b"\x01" + left + root).digest()
        return root


def checkpoint(node):
    """(size, root) of the published checkpoint."""
    status, _, body = node.request("GET", "/checkpoint")
    if status != 200:
        raise Failed(f"/checkpoint answered {status}: {body[:300]!r}")
    _, size, root = body.decode().splitlines()[:3]
    return int(size), base64.b64decode(root)


def bundle_path(index, width):
    groups = []
    while True:
        groups.insert(0, index % 1000)
        index //= 1000
        if index == 0:
            break
    name = "/".join([f"x{group:03}" for group in groups[:-1]] + [f"{groups[-1]:03}"])
    return f"/tile/entries/{name}" + (f".p/{width}" if width < 256 else "")


def leaves(node, first, end, headers):
    """The leaves [first, end) as the node serves them, by entry bundles (C2SP tlog-tiles)."""
    for index in range(first // 256, (end + 255) // 256):
        width = min(256, end - index * 256)
        status, _, body = node.request("GET", bundle_path(index, width), headers=headers)
        if status != 200:
            raise Failed(f"{bundle_path(index, width)} answered {status}: {body[:300]!r}")
        at = 0
        for seq in range(index * 256, index * 256 + width):
            length = int.from_bytes(body[at:at + 2], "big")
            if seq >= first:
                yield body[at + 2:at + 2 + length]
            at += 2 + length
        if at != len(body):
            raise Failed(f"{bundle_path(index, width)} has {len(body) - at} bytes too many")


def leaf_hash(leaf):
    return hashlib.sha256(b"\x00" + leaf).digest()
