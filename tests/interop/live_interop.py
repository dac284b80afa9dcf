#!/usr/bin/env python3
"""A running node before other people's libraries, and they before it.

Go's transparency log library follows the node over HTTP: checkpoint, tiles, entry bundles, inclusion, consistency, and
the proofs that the node gives. npm's jose and Python's jwcrypto verify every entry that the node holds, each signature by
itself, and make entries that the node takes; of each the node refuses the tampered twins and is left as it was.
"""

import base64
import copy
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

import jws_interop  # noqa: E402
import tlog_interop  # noqa: E402
from ledger_play import LEDGER, ORGS, Play  # noqa: E402

ENTRIES = 300  # more than one full tile

# A key of its own and the JWK with its private half, as a stock library makes it; for jwcrypto's Python.
MAKE_KEY = "from jwcrypto import jwk; print(jwk.JWK.generate(kty='OKP', crv='Ed25519').export())"

failures = []


def expect(condition, text):
    if not condition:
        failures.append(text)


class Live:
    def __init__(self, folder):
        self.play = Play(folder)
        self.folder = self.play.folder
        self.log_key = self.play.dengji("key", "show", "log.key", "--origin", LEDGER)["verifier_key"]
        self.known = {}  # kid → public JWK

    def checkpoint(self):
        return self.play.node.request("GET", "/checkpoint")[2]

    def size(self):
        return int(self.checkpoint().split(b"\n")[1])

    def leaf(self, seq):
        return self.play.node.get_json(f"/v1/entries/{seq}")["leaf"]

    def public_key(self, kid):
        if kid not in self.known:
            x = self.play.node.get_json(f"/v1/keys/{kid}")["x"]
            self.known[kid] = {"kty": "OKP", "crv": "Ed25519", "x": x}
        return self.known[kid]

    def case(self, seq):
        """The entry of a leaf as the node serves it, for jose_check.mjs and jwcrypto_check.py."""
        entry = self.leaf(seq)["entry"]
        kids = [json.loads(decoded(one["protected"]))["kid"] for one in entry["signatures"]]
        return {"jws": json.dumps(entry), "keys": [self.public_key(kid) for kid in kids], "expect": "good",
                "why": f"entry {seq}"}

    def payload(self, kind, parties, body):
        """The payload of an entry that nobody has signed; `parties`: (role, organisation, kid)."""
        arguments = []
        for role, org, kid in parties:
            arguments += ["--party", f"{role}={org}={kid}"]
        return self.play.cli.run("entry", "new", kind, "--ledger", LEDGER, "--genesis", self.play.genesis, *arguments,
                                 stdin=json.dumps(body)).stdout


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def kid_of(key):
    text = json.dumps({member: key[member] for member in ("crv", "kty", "x")}, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def new_key():
    made = subprocess.run([jws_interop.PYTHON, "-c", MAKE_KEY], check=True, capture_output=True, text=True, timeout=60)
    return json.loads(made.stdout)


def public(key):
    return {member: key[member] for member in ("kty", "crv", "x")}


def fill(live):
    """A genesis, organisations, and enough days of the calendar for more than a tile."""
    play = live.play
    play.register("seller", "320500")
    live.old = live.checkpoint()
    days = [play.entry("calendar.set", [("bureau", "bureau")],
                       {"days": [{"day": f"{2030 + at // 28}-02-{1 + at % 28:02}", "working": False}]}).decode().strip()
            for at in range(ENTRIES)]
    (live.folder / "days.ndjson").write_text("\n".join(days), encoding="utf-8")
    play.cli.run("entry", "submit", "--batch", "days.ndjson", "--url", play.url, "--log-key", live.log_key)


# --- Go's sumdb/tlog and sumdb/note
def go_follows(live, program):
    play = live.play
    (live.folder / "old.note").write_bytes(live.old)
    proofs = []
    for seq in (0, 1, 255, 256, live.size() - 1):
        play.cli.run("proof", "get", seq, "--out", f"{seq}.proof", "--url", play.url)
        proofs += ["-proof", str(live.folder / f"{seq}.proof")]
    token = play.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", "token", "--key", "bureau.key", "--org", ORGS["bureau"][0],
                         "--audience", play.url).stdout.strip()

    def run(*more, key=live.log_key):
        return subprocess.run([program, "-url", play.url, "-key", key, "-old", live.folder / "old.note", *more],
                              capture_output=True, text=True, timeout=120)

    done = run("-bundles", "-token", token, *proofs)
    expect(done.returncode == 0, f"Go refuses the running node: {done.stderr.strip()}")
    print(f"Go: {done.stdout.strip()}")
    expect(run(key=tlog_interop.OTHER_KEY).returncode == 1, "Go takes the node's checkpoint under another key")
    expect(run("-bundles").returncode == 1, "entry bundles are served without a token")
    changed = bytearray((live.folder / "1.proof").read_bytes())
    changed[changed.index(b"extra ") + 40] ^= 1
    (live.folder / "changed.proof").write_bytes(changed)
    expect(run("-proof", live.folder / "changed.proof").returncode == 1, "Go takes a proof whose leaf was changed")
    # An older checkpoint of another history: a second ledger of that name, signed by the same key.
    (live.folder / "fork").mkdir()
    fork = Play(live.folder / "fork")
    with fork.node:
        fork.node.start()
        fork_key = fork.dengji("key", "show", "log.key", "--origin", LEDGER)["verifier_key"]
        (live.folder / "fork.note").write_bytes(fork.node.request("GET", "/checkpoint")[2])
        done = subprocess.run([program, "-url", fork.url, "-key", fork_key], capture_output=True, text=True, timeout=60)
        expect(done.returncode == 0, f"Go refuses a ledger of one entry: {done.stderr.strip()}")
    done = subprocess.run([program, "-url", play.url, "-key", live.log_key, "-old", live.folder / "fork.note"],
                          capture_output=True, text=True, timeout=60)
    expect(done.returncode == 1, "Go takes another ledger's checkpoint for an older one of this")


# --- JOSE libraries
def one_bad(case):
    """Each signature of an entry in turn made bad, the others left good."""
    for at in range(len(case["keys"])):
        jws = json.loads(case["jws"])
        text = jws["signatures"][at]["signature"]
        jws["signatures"][at]["signature"] = ("B" if text[0] != "B" else "C") + text[1:]
        yield {**case, "jws": json.dumps(jws), "expect": "bad", "why": f"{case['why']}: signature {at + 1} is bad"}


def verify_what_the_node_holds(live, libraries):
    seqs = [0, 1, 2, live.size() // 2, *range(live.size() - 6, live.size())]
    good = [live.case(seq) for seq in seqs]
    cases = good + [twin for case in good for twin in one_bad(case)]
    expect(any(len(case["keys"]) > 1 for case in good), "no entry of several parties")
    for name, (check, _) in libraries.items():
        results = jws_interop.run(*check, stdin=jws_interop.as_lines(cases))
        jws_interop.judge(f"entries of the node by {name}", cases, results)
        # Why every signature must be asked for: the library's own call is content with one.
        for case, result in zip(cases, results):
            if case["expect"] == "bad" and len(case["keys"]) > 1:
                expect(result["general"] == "good", f"{name}: {case['why']}: refused as a whole by the library's own call")


def post(live, text):
    return live.play.post(text if isinstance(text, bytes) else text.encode())


def node_refuses(live, case):
    """Each tampered twin is refused for what was done to it, and the ledger is as it was."""
    before = live.checkpoint()
    changes = jws_interop.twins(case) + list(one_bad(case))
    for twin in changes:
        status, problem = post(live, twin["jws"])
        expect(status in (400, 401), f"{twin['why']}: the node answers {status} {problem.get('code')}")
        if "signature" in twin["why"] and "is bad" in twin["why"]:
            expect((status, problem["code"]) == (401, "bad_signature"), f"{twin['why']}: {status} {problem['code']}")
            place = f"/signatures/{int(twin['why'].split('signature ')[1].split()[0]) - 1}"
            expect(problem["errors"][0]["pointer"].startswith(place), f"{twin['why']}: named {problem['errors'][0]['pointer']}")
    expect(live.checkpoint() == before, f"{case['why']}: a refused twin changed the ledger")
    return len(changes)


def node_takes(live, case):
    status, receipt = post(live, case["jws"])
    expect(status == 201, f"{case['why']}: the node answers {status}: {json.dumps(receipt, ensure_ascii=False)[:400]}")
    if status == 201:
        expect(receipt["leaf"]["entry"] == json.loads(case["jws"]), f"{case['why']}: the leaf holds other bytes")
        expect(post(live, case["jws"])[0] == 200, f"{case['why']}: not the same the second time")


def with_our_cosignature(live, make, first):
    """Adds a library's key to an organisation: the holder signs with dengji, the new key with the library."""
    play = live.play
    org = ORGS["seller"][0]
    body = {"org": org, "keys": [{"jwk": public(first), "use": "sign"}]}
    payload = live.payload("key.add", [("holder", org, play.kids["seller"]), ("new_key", org, kid_of(first))], body)
    ours = json.loads(play.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", "entry", "sign", "--key", "seller.key",
                                   stdin=payload).stdout)
    # One more signer, dropped again: jwcrypto writes General JSON for two and more.
    theirs = json.loads(jws_interop.run(*make, stdin=jws_interop.as_lines([{"payload": payload, "keys": [first, new_key()]}]))[0]["jws"])
    expect(theirs["payload"] == ours["payload"], "a library encodes the payload in another way")
    joined = {"payload": ours["payload"], "signatures": [ours["signatures"][0], theirs["signatures"][0]]}
    return {"jws": json.dumps(joined), "keys": [play.jwks["seller"], public(first)], "expect": "good"}


def libraries_make_entries(live, libraries):
    org = ORGS["seller"][0]
    twins = 0
    for name, (check, make) in libraries.items():
        first, second = new_key(), new_key()
        mixed = {**with_our_cosignature(live, make, first), "why": f"signed by dengji and {name}"}
        twins += node_refuses(live, mixed)
        node_takes(live, mixed)
        # Both parties sign with the library: the key that it just got, and one more.
        payload = live.payload("key.add", [("holder", org, kid_of(first)), ("new_key", org, kid_of(second))],
                               {"org": org, "keys": [{"jwk": public(second), "use": "read"}]})
        made = jws_interop.run(*make, stdin=jws_interop.as_lines([{"payload": payload, "keys": [first, second]}]))[0]
        case = {**copy.deepcopy(made), "why": f"signed by {name} alone"}
        twins += node_refuses(live, case)
        node_takes(live, case)
        cases = [mixed, case, *jws_interop.twins(mixed), *jws_interop.twins(case)]
        jws_interop.judge(f"the same by {name}", cases, jws_interop.run(*check, stdin=jws_interop.as_lines(cases)))
    print(f"the node: 2 entries of each library taken, {twins} tampered twins refused")


def main():
    libraries = jws_interop.libraries()
    with tempfile.TemporaryDirectory() as temporary:
        base = pathlib.Path(temporary)
        program = tlog_interop.build(base)
        (base / "ledger").mkdir()
        live = Live(base / "ledger")
        with live.play.node:
            live.play.node.start()
            fill(live)
            libraries_make_entries(live, libraries)
            verify_what_the_node_holds(live, libraries)
            go_follows(live, program)
            expect(live.play.node.stop() == 0, "the node did not end cleanly")
    for failure in failures + jws_interop.failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if failures or jws_interop.failures else 0


if __name__ == "__main__":
    sys.exit(main())
