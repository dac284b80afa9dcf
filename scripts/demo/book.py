"""The ledger as the demo sees it. Everything that needs a key or a hash is done by the dengji command, one process a
step; Python only reads the node's answers. Every command, with its exit code, is in commands.log."""

import concurrent.futures
import datetime
import json
import os
import pathlib
import shlex
import threading
import time
import urllib.parse

from actors import key_file
from workshop import BIN_DIR, ENV, Cli, Failed

JOBS = max(2, os.cpu_count() or 2)
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def today():
    """The civil day in UTC+8, which is the ledger's."""
    return datetime.datetime.now(SHANGHAI).date()


class Dengji:
    """The dengji command, run in the demo's folder, with every call logged."""

    def __init__(self, folder):
        self.cli = Cli(BIN_DIR / "dengji", env=ENV, cwd=folder)
        self.log = pathlib.Path(folder) / "commands.log"
        self.lock = threading.Lock()

    def run(self, *arguments, expect=0, stdin=""):
        """The finished process. `expect` is the exit code that it must have."""
        started = time.monotonic()
        done = self.cli.run("--passphrase-env", "DENGJI_PASSPHRASE", *arguments, expect=None, stdin=stdin)
        line = shlex.join(["dengji", *map(str, arguments)])
        with self.lock, open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{line}\n  exit {done.returncode} after {time.monotonic() - started:.3f} s\n")
            log.writelines(f"  | {said}\n" for said in done.stderr.splitlines())
        if done.returncode != expect:
            raise Failed(f"{line} ended with {done.returncode}, not {expect}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done

    def json(self, *arguments, **options):
        return json.loads(self.run(*arguments, "-o", "json", **options).stdout)


class Receipt:
    """What the node answered to an accepted entry."""

    def __init__(self, answer):
        self.answer = answer
        self.seq = answer["seq"]
        self.entry_id = answer["entry_id"]
        self.effects = answer["leaf"]["effects"]

    def number(self, kind):
        """The one number that the entry gave to an object of this kind."""
        numbers = [effect["no"] for effect in self.effects if effect["fx"] == "number" and effect["kind"] == kind]
        if len(numbers) != 1:
            raise Failed(f"entry {self.seq} gave {len(numbers)} numbers of kind {kind}, not one")
        return numbers[0]

    def posted(self, event):
        """Sum of what one event of the entry posted, in fen."""
        return sum(line["fen"] for effect in self.effects if effect["fx"] == "post" and effect["event"] == event
                   for line in effect["lines"])


class Book:
    """One ledger at one node, used by the actors whose keys are in the folder."""

    def __init__(self, dengji, node, actors, ledger, genesis, verifier_key):
        self.dengji = dengji
        self.node = node
        self.url = node.url
        self.actors = actors
        self.ledger = ledger
        self.genesis = genesis
        self.verifier_key = verifier_key
        self.folder = pathlib.Path(dengji.cli.cwd)
        self.tokens = {}
        self.count = 0
        for name in ("entries", "receipts"):
            (self.folder / name).mkdir(exist_ok=True)

    # --- writing
    def make(self, kind, parties, body):
        """The entry, signed by each of `parties`, (role, actor's name) in signing order."""
        arguments = ["entry", "new", kind, "--ledger", self.ledger, "--genesis", self.genesis]
        for role, name in parties:
            arguments += ["--party", f"{role}={self.actors[name].org}={self.actors[name].kid}"]
        text = self.dengji.run(*arguments, stdin=json.dumps(body, ensure_ascii=False)).stdout
        for turn, (_, name) in enumerate(parties):
            text = self.dengji.run("entry", "cosign" if turn else "sign", "--key", key_file(name), stdin=text).stdout
        return text

    def keep(self, kind, entry):
        """The entry's file, and where its receipt goes; both relative to the folder."""
        self.count += 1
        name = f"{self.count:03}-{kind}"
        (self.folder / "entries" / f"{name}.jws").write_text(entry, encoding="utf-8")
        return f"entries/{name}.jws", f"receipts/{name}.json"

    def submit(self, kind, parties, body):
        """The receipt of an entry that must be accepted."""
        return self.submit_file(*self.keep(kind, self.make(kind, parties, body)))

    def submit_file(self, file, receipt):
        self.dengji.run("entry", "submit", file, "--url", self.url, "--log-key", self.verifier_key, "--receipt", receipt)
        return Receipt(json.loads((self.folder / receipt).read_text(encoding="utf-8")))

    def submit_all(self, name, acts):
        """The receipts, in their order, of entries that must all be accepted; `acts` are (type, parties, body). They are
        made and signed side by side and travel as one batch."""
        with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
            entries = list(pool.map(lambda act: self.make(*act), acts))
        file = f"entries/{name}.ndjson"
        (self.folder / file).write_text("".join(entries), encoding="utf-8")
        answers = self.dengji.json("entry", "submit", file, "--batch", "--url", self.url, "--log-key", self.verifier_key,
                                   "--receipt", f"receipts/{name}.ndjson")
        # "new": accepted now, and the receipt proves it under the log key; dengji ends with 0 only if all are.
        if [answer["status"] for answer in answers] != ["new"] * len(acts):
            raise Failed(f"{name}: {json.dumps(answers, ensure_ascii=False)[:800]}")
        return [Receipt(answer["receipt"]) for answer in answers]

    # --- reading
    def token(self, name):
        """A read token of an actor; they live for five minutes, a demo is shorter, but a stopped machine may not be."""
        made, token = self.tokens.get(name, (0, None))
        if time.monotonic() - made > 120:
            token = self.dengji.run("token", "--key", key_file(name), "--org", self.actors[name].org, "--audience",
                                    self.url).stdout.strip()
            self.tokens[name] = (time.monotonic(), token)
        return token

    def read(self, path, reader="bureau"):
        headers = {"Authorization": f"Bearer {self.token(reader)}"} if reader else {}
        return self.node.get_json(path, headers=headers)

    def object(self, kind, identifier, reader="bureau"):
        return self.read(f"/v1/{kind}/{urllib.parse.quote(identifier, safe='')}", reader)

    def objects(self, kind, reader="bureau", **filters):
        """All objects of a kind, page by page."""
        found, query = [], {"limit": 200, **filters}
        while True:
            page = self.read(f"/v1/{kind}?{urllib.parse.urlencode(query)}", reader)
            found += page["items"]
            if "next" not in page:
                return found
            query["cursor"] = page["next"]

    def checkpoint(self):
        """The signed note."""
        status, _, body = self.node.request("GET", "/checkpoint")
        if status != 200:
            raise Failed(f"/checkpoint answered {status}: {body[:300]!r}")
        return body.decode()

    def balance(self, account, reader="bureau"):
        """An account's posted balance in fen; 0 while nothing was posted to it."""
        status, _, body = self.node.request("GET", f"/v1/accounts/{urllib.parse.quote(account, safe='')}",
                                            headers={"Authorization": f"Bearer {self.token(reader)}"})
        if status == 404:
            return 0
        if status != 200:
            raise Failed(f"account {account} answered {status}: {body[:300]!r}")
        return json.loads(body)["balance_fen"]
