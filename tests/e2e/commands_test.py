"""The commands of dengji that talk to a node or verify what it gave: each command, each exit code, over a real node."""

import datetime
import http.server
import json
import pathlib
import shutil
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import LEDGER, ORGS, Play  # noqa: E402
from node_process import free_port  # noqa: E402
from registered_world import FEE_FEN, RegisteredWorld, application, today  # noqa: E402

OK, FAILED, USAGE, UNREACHABLE, NOT_ALLOWED = 0, 1, 2, 3, 4
BAD_SIGNATURE, NOT_IN_LEDGER, REVOKED, EXPIRED, INCONSISTENT, UNPROVEN = 10, 11, 12, 13, 14, 15
PASSPHRASE = ("--passphrase-env", "DENGJI_PASSPHRASE")


class Fork(Play):
    """Another history under the same name, signed by the same log key."""

    def __init__(self, folder, log_key):
        self.log_key = log_key
        super().__init__(folder)

    def genesis_toml(self):
        shutil.copy(self.log_key, self.folder / "log.key")
        return super().genesis_toml()


class FakeNode:
    """Answers POSTs with what it is told to, in order; the last answer is repeated."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                fake.seen.append(self.rfile.read(int(self.headers["Content-Length"])))
                status, fields, body = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def number_with_check(text):
    """With its ISO 7064 MOD 37,36 check character."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    product = 36
    for character in text:
        total = (product + alphabet.index(character)) % 36 or 36
        product = total * 2 % 37
    return text + alphabet[(37 - product) % 36]


def busy(seconds=1):
    body = json.dumps({"code": "overloaded", "errors": [{"pointer": "", "code": "overloaded", "detail": "full", "detail_zh": "满"}]})
    return 503, {"Retry-After": str(seconds), "Content-Type": "application/problem+json"}, body.encode()


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.play = Play(cls.folder)
        cls.play.node.start()
        cls.world = RegisteredWorld(cls.play)
        cls.url = cls.play.url
        cls.log_key = cls.verifier_key("log.key")
        cls.dataset, cls.fee = cls.world.register("A")
        cls.certificate = cls.world.certify(cls.dataset)
        cls.account = f"fee/{ORGS['platform'][0]}/due/{cls.fee}"

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.temporary.cleanup()

    @classmethod
    def verifier_key(cls, file):
        return cls.play.dengji("key", "show", file, "--origin", LEDGER)["verifier_key"]

    def run_cli(self, *arguments, expect=OK, stdin=""):
        return self.play.cli.run(*PASSPHRASE, *arguments, expect=expect, stdin=stdin)

    def json_of(self, *arguments, expect=OK):
        return json.loads(self.run_cli(*arguments, "-o", "json", expect=expect).stdout)

    def file(self, name, content):
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def as_bureau(self, url=True):
        return [*(["--url", self.url] if url else []), "--key", "bureau.key", "--org", ORGS["bureau"][0]]

    def checkpoint(self, play=None):
        return (play or self.play).node.request("GET", "/checkpoint")[2]

    def calendar(self, day):
        return self.play.entry("calendar.set", [("bureau", "bureau")], {"days": [{"day": day, "working": False}]})

    # --- entry submit
    def test_submit_gives_a_receipt_that_proves_the_entry(self):
        self.file("one.jws", self.calendar("2030-01-01"))
        first = self.json_of("entry", "submit", "one.jws", "--url", self.url, "--log-key", self.log_key, "--receipt", "one.json")
        self.assertEqual(first["status"], "new")
        again = self.json_of("entry", "submit", "one.jws", "--url", self.url, "--log-key", self.log_key)
        self.assertEqual((again["status"], again["seq"], again["entry_id"]), ("seen", first["seq"], first["entry_id"]))
        kept = json.loads(self.read("one.json"))
        self.assertEqual((kept["seq"], kept["leaf"]), (first["seq"], first["leaf"]))
        shown = self.run_cli("entry", "submit", "-", "--url", self.url, stdin=self.read("one.jws")).stdout
        self.assertIn("seen", shown)

    def test_submit_names_the_numbers_that_were_assigned(self):
        body = {"dataset": self.world.register("numbers")[0], "scope": "全部文件", "grade": "pass"}
        self.file("issue.jws", self.play.entry("certificate.issue", [("platform", "platform")], body))
        made = self.json_of("entry", "submit", "issue.jws", "--url", self.url)
        self.assertEqual(len(made["numbers"]), 1)
        self.assertTrue(made["numbers"][0].startswith("ZS320500"))

    def test_submit_tells_a_refusal_in_two_languages_and_by_its_exit_code(self):
        refused = self.play.entry("org.register", [("registrant", "seller"), ("registrar", "registrar")], {
            "org": {"id": ORGS["seller"][0], "name": "seller", "region": "320500", "ownership": "private",
                    "scale": "small", "chain_roles": []}, "keys": [{"jwk": self.play.jwks["seller"], "use": "sign"}]})
        done = self.run_cli("entry", "submit", self.file("twice.jws", refused), "--url", self.url, expect=FAILED)
        self.assertIn("422 org_exists", done.stderr)
        self.assertRegex(done.stderr, "[\u4e00-\u9fff]")
        alone = self.play.entry("role.grant", [("governor", "bureau")], {"org": ORGS["seller"][0], "role": "auditor"})
        done = self.run_cli("entry", "submit", self.file("alone.jws", alone), "--url", self.url, expect=NOT_ALLOWED)
        self.assertIn("403 quorum_missing", done.stderr)
        forged = json.loads(self.calendar("2030-01-02"))
        forged["signatures"][0]["signature"] = json.loads(self.calendar("2030-01-03"))["signatures"][0]["signature"]
        self.run_cli("entry", "submit", self.file("forged.jws", json.dumps(forged)), "--url", self.url, expect=BAD_SIGNATURE)
        self.run_cli("entry", "submit", self.file("none.jws", "{}"), "--url", self.url, expect=FAILED)
        self.run_cli("entry", "submit", "no-such-file", "--url", self.url, expect=FAILED)

    def test_a_revoked_key_is_exit_code_12_and_an_entry_out_of_date_13(self):
        late = self.file("late.jws", self.calendar("2030-01-09"))
        for code, status, exit_code in (("key_revoked", 403, REVOKED), ("entry_expired", 422, EXPIRED)):
            problem = json.dumps({"status": status, "code": code, "title": "told by a node"}).encode()
            with FakeNode((status, {"Content-Type": "application/problem+json"}, problem)) as fake:
                done = self.run_cli("entry", "submit", late, "--url", fake.url, expect=exit_code)
            self.assertIn(f"{status} {code}", done.stderr)

    def test_submit_refuses_a_receipt_under_another_log_key(self):
        self.file("two.jws", self.calendar("2030-02-01"))
        self.run_cli("entry", "submit", "two.jws", "--url", self.url, "--log-key", self.verifier_key("batch.key"),
                     expect=BAD_SIGNATURE)

    def test_submit_refuses_a_receipt_of_another_entry(self):
        self.file("mine.jws", self.calendar("2030-03-01"))
        self.file("other.jws", self.calendar("2030-03-02"))
        self.run_cli("entry", "submit", "other.jws", "--url", self.url, "--receipt", "other.json")
        with FakeNode((201, {"Content-Type": "application/json"}, self.read("other.json").encode())) as fake:
            done = self.run_cli("entry", "submit", "mine.jws", "--url", fake.url, "--log-key", self.log_key,
                                expect=NOT_IN_LEDGER)
        self.assertIn("not for the entry that was sent", done.stderr)

    def test_submit_tries_again_while_the_node_is_busy_and_gives_up_in_the_end(self):
        self.file("busy.jws", self.calendar("2030-04-01"))
        self.run_cli("entry", "submit", "busy.jws", "--url", self.url, "--receipt", "busy.json")
        accepted = (201, {"Content-Type": "application/json"}, self.read("busy.json").encode())
        with FakeNode(busy(), busy(), accepted) as fake:
            self.run_cli("entry", "submit", "busy.jws", "--url", fake.url)
            self.assertEqual(fake.seen, [self.read("busy.jws").encode()] * 3)
        with FakeNode(busy()) as fake:
            self.run_cli("entry", "submit", "busy.jws", "--url", fake.url, "--retries", "1", expect=UNREACHABLE)
            self.assertEqual(len(fake.seen), 2)

    def test_a_batch_has_a_row_for_each_line_and_the_exit_code_of_the_first_failure(self):
        good, second = self.calendar("2030-05-01"), self.calendar("2030-05-02")
        forged = json.loads(second)
        forged["signatures"][0]["signature"] = json.loads(good)["signatures"][0]["signature"]
        lines = [good.decode().strip(), json.dumps(forged), "{}", good.decode().strip()]
        self.file("batch.ndjson", "\n".join(lines) + "\n")
        done = self.run_cli("entry", "submit", "--batch", "batch.ndjson", "--url", self.url, "--log-key", self.log_key,
                            "--receipt", "batch-receipts.ndjson", "-o", "json", expect=BAD_SIGNATURE)
        rows = json.loads(done.stdout)
        # The same entry twice in one batch: verified side by side, so either line may be first in the ledger.
        self.assertEqual([row["line"] for row in rows], [1, 2, 3, 4])
        self.assertEqual(sorted(rows[at]["status"] for at in (0, 3)), ["new", "seen"])
        self.assertEqual([rows[at]["code"] for at in (1, 2)], ["bad_signature", "jws_form"])
        self.assertEqual(len(self.read("batch-receipts.ndjson").splitlines()), 2)
        self.run_cli("entry", "submit", "--batch", self.file("fine.ndjson", second.decode() + good.decode()), "--url", self.url)

    # --- reaching a node
    def test_an_unreachable_node_is_exit_code_3_everywhere(self):
        self.file("any.jws", self.calendar("2030-06-01"))
        nobody = f"http://127.0.0.1:{free_port()}"
        for command in (["entry", "submit", "any.jws"], ["proof", "get", "1"], ["certificate", "verify", self.certificate],
                        ["certificate", "save", self.certificate, "--out", "x"], ["account", "show", self.account],
                        ["account", "statement", self.account]):
            self.run_cli(*command, "--url", nobody, expect=UNREACHABLE)
        self.run_cli("audit", nobody, *self.as_bureau(url=False), expect=UNREACHABLE)

    def test_the_url_may_come_from_the_environment_and_must_be_one(self):
        self.play.cli.run("proof", "get", "0", expect=USAGE)
        self.run_cli("proof", "get", "0", "--url", "ftp://somewhere", expect=USAGE)
        env = dict(self.play.cli.env)
        try:
            self.play.cli.env["DENGJI_URL"] = self.url
            self.run_cli("proof", "get", "0")
        finally:
            self.play.cli.env = env

    # --- proofs
    def proof(self, seq, name):
        self.run_cli("proof", "get", str(seq), "--out", name, "--url", self.url)
        return self.read(name)

    def test_a_proof_is_verified_offline_with_the_keys_at_hand(self):
        self.file("proven.jws", self.calendar("2030-07-01"))
        made = self.json_of("entry", "submit", "proven.jws", "--url", self.url, "--receipt", "proven.json")
        self.proof(made["entry_id"], "proven.proof")
        for file in ("proven.proof", "proven.json"):
            found = self.json_of("proof", "verify", file, "--log-key", self.log_key, "--entry", "proven.jws",
                                 "--party-keys", "bureau.key")
            self.assertEqual((found["verdict"], found["seq"], found["log_key"]), ("proven", made["seq"], "given"))
            self.assertEqual([one["signature"] for one in found["signatures"]], ["verified"])
        self.file("bureau.jwk", json.dumps({"keys": [{**self.play.jwks["bureau"], "use": "sig"}]}))
        found = self.json_of("proof", "verify", "proven.proof", "--log-key", self.log_key, "--party-keys", "bureau.jwk")
        self.assertEqual(found["signatures"][0]["signature"], "verified")
        found = self.json_of("proof", "verify", "proven.proof", "--log-key", self.log_key, "--party-keys", "seller.key")
        self.assertIn("not verified", found["signatures"][0]["signature"])
        found = self.json_of("proof", "verify", "proven.proof", "--url", self.url)
        self.assertEqual((found["log_key"], found["signatures"][0]["signature"]), ("node", "verified"))
        found = self.json_of("proof", "verify", "proven.proof", "--arithmetic")
        self.assertEqual(found["verdict"], "unsigned")
        self.run_cli("proof", "verify", "proven.proof", expect=USAGE)
        shown = self.run_cli("proof", "verify", "proven.proof", "--log-key", self.log_key).stdout
        self.assertIn("NOT verified, key not given", shown)

    def test_a_proof_that_was_tampered_with_fails_offline(self):
        text = self.proof(3, "honest.proof")
        self.run_cli("proof", "verify", "honest.proof", "--log-key", self.log_key)
        lines = text.split("\n")
        blank = lines.index("")

        def swap(line, at):
            return line[:at] + ("A" if line[at] != "A" else "B") + line[at + 1:]

        signature = blank + 5
        for what, at, line, code in (
                ("the leaf", 1, swap(lines[1], 400), NOT_IN_LEDGER),
                ("the index", 2, "index 2", NOT_IN_LEDGER),
                ("a hash", 3, swap(lines[3], 10), NOT_IN_LEDGER),
                ("the size", blank + 2, str(int(lines[blank + 2]) + 1), BAD_SIGNATURE),
                ("the root", blank + 3, swap(lines[blank + 3], 10), BAD_SIGNATURE),
                ("the signature", signature, swap(lines[signature], len(lines[signature]) - 20), BAD_SIGNATURE),
                ("the first line", 0, "c2sp.org/tlog-proof@v2", FAILED)):
            with self.subTest(what):
                self.file("changed.proof", "\n".join([*lines[:at], line, *lines[at + 1:]]))
                self.run_cli("proof", "verify", "changed.proof", "--log-key", self.log_key, expect=code)
        self.run_cli("proof", "verify", "honest.proof", "--log-key", self.verifier_key("batch.key"), expect=BAD_SIGNATURE)
        self.run_cli("proof", "verify", "honest.proof", "--log-key", "no key", expect=USAGE)

    def test_a_proof_is_of_the_entry_that_it_is_held_against(self):
        self.proof(0, "genesis.proof")
        self.run_cli("proof", "verify", "genesis.proof", "--log-key", self.log_key, "--entry", "genesis.jws")
        self.file("another.jws", self.calendar("2030-08-01"))
        self.run_cli("proof", "verify", "genesis.proof", "--log-key", self.log_key, "--entry", "another.jws", expect=NOT_IN_LEDGER)

    def test_there_is_no_proof_of_what_is_not_there(self):
        self.run_cli("proof", "get", "999999", "--url", self.url, expect=NOT_IN_LEDGER)
        self.run_cli("proof", "get", "A" * 43, "--url", self.url, expect=NOT_IN_LEDGER)
        # A payment is for its parties; whoever may read it gets the proof.
        private = str(self.world.pay(self.fee, 1)["seq"])
        self.run_cli("proof", "get", private, "--url", self.url, expect=NOT_IN_LEDGER)
        self.run_cli("proof", "get", private, *self.as_bureau())

    def test_a_kept_checkpoint_is_a_prefix_or_the_history_was_rewritten(self):
        self.file("kept.note", self.checkpoint())
        self.play.submit("calendar.set", [("bureau", "bureau")], {"days": [{"day": "2030-09-01", "working": False}]})
        same = self.json_of("proof", "consistency", "kept.note", "--url", self.url, "--log-key", self.log_key)
        self.assertEqual(same["verdict"], "consistent")
        self.assertLess(same["old_size"], same["new_size"])
        self.file("newer.note", self.checkpoint())
        self.run_cli("proof", "consistency", "kept.note", "newer.note", "--url", self.url, "--log-key", self.log_key)
        self.run_cli("proof", "consistency", "newer.note", "kept.note", "--url", self.url, "--log-key", self.log_key,
                     expect=INCONSISTENT)
        self.run_cli("proof", "consistency", "kept.note", "--url", self.url, "--log-key", self.verifier_key("batch.key"),
                     expect=BAD_SIGNATURE)
        self.run_cli("audit", self.url, *self.as_bureau(url=False), "--checkpoint", "kept.note", "--log-key", self.log_key)
        with tempfile.TemporaryDirectory() as other:
            fork = Fork(other, self.folder / "log.key")
            with fork.node:
                fork.node.start()
                self.file("fork.note", self.checkpoint(fork))
                self.run_cli("proof", "consistency", "kept.note", "--url", fork.url, "--log-key", self.log_key,
                             expect=INCONSISTENT)
        self.run_cli("proof", "consistency", "fork.note", "--url", self.url, "--log-key", self.log_key, expect=INCONSISTENT)
        self.run_cli("audit", self.url, *self.as_bureau(url=False), "--checkpoint", "fork.note", "--log-key", self.log_key,
                     expect=INCONSISTENT)

    # --- certificates
    def verify(self, what, *more, expect=OK):
        return self.run_cli("certificate", "verify", what, "--log-key", self.log_key, *more, expect=expect)

    def test_a_valid_certificate_is_told_in_one_line_of_both_languages(self):
        done = self.verify(self.certificate, "--url", self.url)
        self.assertEqual(len(done.stdout.strip().splitlines()), 1)
        self.assertIn(f"{self.certificate} is valid", done.stdout)
        self.assertIn("有效", done.stdout)
        found = self.json_of("certificate", "verify", self.certificate, "--url", self.url)
        self.assertEqual((found["verdict"], found["signatures_verified"]), ("valid", found["signatures"]))

    def test_a_certificate_follows_its_status_and_its_dates(self):
        certificate = self.world.certify(self.world.register("status")[0])
        self.verify(certificate, "--url", self.url, "--at", "2090-01-01", expect=EXPIRED)
        for verb, code in (("suspend", REVOKED), ("resume", OK), ("revoke", REVOKED)):
            self.world.change(verb, certificate)
            self.verify(certificate, "--url", self.url, expect=code)

    def test_a_number_that_cannot_be_is_refused_without_a_node(self):
        mistyped = self.certificate[:-2] + self.certificate[-2:][::-1]
        self.run_cli("certificate", "verify", mistyped, expect=NOT_IN_LEDGER)
        self.run_cli("certificate", "verify", self.dataset, expect=NOT_IN_LEDGER)
        self.run_cli("certificate", "verify", "ZS", expect=NOT_IN_LEDGER)
        done = self.run_cli("certificate", "verify", "nope.json", expect=FAILED)
        self.assertIn("nope.json is neither a file nor a certificate number", done.stderr)
        # Well formed, but nobody has it.
        self.verify(number_with_check("ZS32050020269999999"), "--url", self.url, expect=NOT_IN_LEDGER)
        self.verify(self.certificate, "--url", self.url, "--at", "yesterday", expect=USAGE)
        self.run_cli("certificate", "verify", self.certificate, "--url", self.url, "--log-key", self.verifier_key("batch.key"),
                     expect=BAD_SIGNATURE)

    def test_a_saved_certificate_is_verified_offline_as_of_its_checkpoint(self):
        certificate = self.world.certify(self.world.register("saved")[0])
        self.run_cli("certificate", "save", certificate, "--out", "saved.json", "--url", self.url, "--log-key", self.log_key)
        done = self.verify("saved.json", "--party-keys", "platform.key", "--party-keys", "seller.key", "--party-keys", "registrar.key")
        self.assertIn("its issue, 0 changes of status or renewals, 2 entries that it rests on; 3 of 3 signatures verified", done.stderr)
        self.assertIn("the status is as of entry", done.stderr)
        advice = self.run_cli("certificate", "verify", "saved.json", expect=USAGE).stderr
        self.assertIn("--log-key", advice)
        self.assertNotIn("--arithmetic", advice)
        self.verify("saved.json", "--at", "2090-01-01", expect=EXPIRED)
        self.world.change("revoke", certificate)
        self.verify("saved.json")  # as of then
        self.run_cli("certificate", "save", certificate, "--out", "revoked.json", "--url", self.url)
        self.verify("revoked.json", expect=REVOKED)

        bundle = json.loads(self.read("revoked.json"))
        for what, change, code in (
                ("a status that no entry set", lambda b: b["certificate"].update(status="valid", effective_status="valid"), INCONSISTENT),
                ("a longer scope", lambda b: b["certificate"].update(scope="全部文件及衍生"), INCONSISTENT),
                ("a change left out", lambda b: b["proofs"].pop(), FAILED),
                ("a leaf of another place", lambda b: b["proofs"].reverse(), INCONSISTENT),
                ("a proof without its signature", lambda b: b["proofs"].__setitem__(0, b["proofs"][0].rsplit("\u2014", 1)[0]), BAD_SIGNATURE),
                ("no bundle", lambda b: b.update(v=2), FAILED)):
            with self.subTest(what):
                changed = json.loads(json.dumps(bundle))
                change(changed)
                self.verify(self.file("changed.json", json.dumps(changed)), expect=code)

    def test_no_member_of_a_saved_certificate_can_be_changed_unseen(self):
        certificate = self.world.certify(self.world.register("forged")[0])
        self.run_cli("certificate", "save", certificate, "--out", "forged.json", "--url", self.url)
        bundle = json.loads(self.read("forged.json"))
        changes = {"valid_to": "2099-01-01", "valid_from": "2020-01-01", "dataset": "A" * 43, "issued_on": "2020-01-01",
                   "issued_seq": 1, "holder": ORGS["buyer"][0], "dataset_no": self.dataset, "issuer": ORGS["seller"][0],
                   "certifier": ORGS["registrar"][0], "renewed_on": "2026-01-01", "application": "A" * 43, "grade": "pass",
                   "reason": "made up"}
        for member, value in changes.items():
            with self.subTest(member):
                changed = json.loads(json.dumps(bundle))
                changed["certificate"][member] = value
                done = self.verify(self.file("changed.json", json.dumps(changed)), "--at", "2090-01-01", expect=INCONSISTENT)
                self.assertIn(member, done.stderr)
        self.verify(self.file("changed.json", json.dumps({**bundle, "as_of": 9999})), expect=INCONSISTENT)
        # What no entry says stands apart.
        other = json.loads(json.dumps(bundle))
        other["certificate"].update(status_index=77, note="as good as gold")
        found = self.json_of("certificate", "verify", self.file("changed.json", json.dumps(other)), "--log-key", self.log_key)
        self.assertEqual(found["unproven"], {"effective_status": "valid", "note": "as good as gold", "status_index": 77})
        self.assertNotIn("status_index", found["certificate"])

    def test_a_saved_certificate_whose_dates_rest_on_nothing_is_not_called_valid(self):
        bundle = {**json.loads(self.run_cli("certificate", "save", self.certificate, "--out", "-", "--url", self.url).stdout)}
        bundle["grounds"] = []
        bundle["certificate"]["valid_to"] = "2099-01-01"
        done = self.verify(self.file("changed.json", json.dumps(bundle)), "--at", "2090-01-01", expect=UNPROVEN)
        self.assertNotIn(f"{self.certificate} is valid", done.stdout)
        self.assertIn("(not proven)", done.stdout)
        self.verify(self.file("changed.json", json.dumps(bundle)), "--at", "2099-01-02", expect=EXPIRED)
        self.verify(self.file("changed.json", json.dumps({**bundle, "more": 1})), expect=FAILED)

    def test_a_certificate_after_a_transfer_is_proven_by_the_entries_of_the_one_before(self):
        number = self.world.register("transferred")[0]
        before = self.world.certify(number)
        moved = self.play.submit("dataset.transfer", [("transferor", "seller"), ("transferee", "finance"), ("registrar", "registrar")],
                                 {"dataset": number, "agreement": "A" * 43, "reason": "出售"})
        after = next(effect["no"] for effect in moved["leaf"]["effects"] if effect["fx"] == "number")
        self.verify(before, "--url", self.url, expect=REVOKED)
        self.run_cli("certificate", "save", after, "--out", "after.json", "--url", self.url)
        found = self.json_of("certificate", "verify", "after.json", "--log-key", self.log_key)
        self.assertEqual((found["verdict"], found["certificate"]["holder"]), ("valid", ORGS["finance"][0]))
        self.assertEqual(set(found["unproven"]), {"effective_status", "status_index"})

    def test_a_renewal_is_proven_like_a_change_of_status(self):
        soon, later = ((today() + datetime.timedelta(days=n)).isoformat() for n in (30, 90))
        certificate = self.world.certify(self.world.register("renewed")[0], valid_to=soon)
        self.verify(certificate, "--url", self.url, "--at", later, expect=EXPIRED)
        self.play.submit("certificate.renew", [("platform", "platform")], {"certificate": certificate, "valid_to": later})
        self.verify(certificate, "--url", self.url, "--at", later)
        self.run_cli("certificate", "save", certificate, "--out", "renewed.json", "--url", self.url)
        bundle = json.loads(self.read("renewed.json"))
        for what, change in (
                ("a later last day", lambda b: b["certificate"].update(valid_to="2089-01-01")),
                ("a renewal that is not told", lambda b: b["certificate"].pop("renewed_on"))):
            with self.subTest(what):
                changed = json.loads(json.dumps(bundle))
                change(changed)
                self.verify(self.file("changed.json", json.dumps(changed)), expect=INCONSISTENT)

    # --- ledger init
    def test_ledger_init_refuses_what_the_node_would_refuse_and_overwrites_nothing(self):
        good = self.read("genesis.toml")
        for what, before, after, verdict in (
                ("a quorum that nobody reaches", "quorum = 2", "quorum = 9", "quorum_range"),
                ("a USCC with a wrong check character", ORGS["finance"][0], ORGS["finance"][0][:-1] + "1", "org_id_form")):
            with self.subTest(what):
                self.file("other.toml", good.replace(before, after))
                done = self.run_cli("ledger", "init", "--genesis", "other.toml", "--out", "other.jws", expect=USAGE)
                self.assertIn(verdict, done.stderr)
                self.assertFalse((self.folder / "other.jws").exists())
        kept = self.read("genesis.jws")
        done = self.run_cli("ledger", "init", "--genesis", "genesis.toml", "--out", "genesis.jws", expect=USAGE)
        self.assertIn("file_exists", done.stderr)
        self.assertEqual(self.read("genesis.jws"), kept)

    # --- accounts
    def test_a_statement_runs_from_the_opening_to_the_closing_balance(self):
        fee = self.world.register("statement")[1]
        for fen in (100_000, 50_025):
            self.world.pay(fee, fen)
        account = f"fee/{ORGS['platform'][0]}/due/{fee}"
        found = self.json_of("account", "statement", account, *self.as_bureau())
        self.assertEqual([(row.get("debit_fen"), row.get("credit_fen"), row["balance_fen"]) for row in found["items"]],
                         [(FEE_FEN, None, FEE_FEN), (None, 100_000, 200_000), (None, 50_025, 149_975)])
        self.assertEqual((found["opening_fen"], found["closing_fen"]), (0, 149_975))
        shown = self.run_cli("account", "statement", account, *self.as_bureau()).stdout
        self.assertIn("1,499.75", shown)
        day = today().isoformat()
        self.assertEqual(self.json_of("account", "statement", account, "--to", "2090-12-31", *self.as_bureau())["items"],
                         found["items"])
        self.assertEqual(self.json_of("account", "statement", account, "--from", day, "--to", day, *self.as_bureau())["items"],
                         found["items"])
        self.assertEqual(self.json_of("account", "statement", account, "--from", "2090-01-01", *self.as_bureau())["items"], [])
        self.run_cli("account", "statement", account, "--from", "1.1.2026", *self.as_bureau(), expect=USAGE)
        self.assertEqual(self.json_of("account", "show", account, *self.as_bureau())["balance_fen"], 149_975)
        self.assertIn("1,499.75", self.run_cli("account", "show", account, *self.as_bureau()).stdout)

    def test_a_statement_of_many_pages_is_whole(self):
        bank = f"fee/{ORGS['platform'][0]}/bank"
        fee = self.world.register("pages")[1]
        entries = [self.play.entry("fee.receive", [("platform", "platform")], {
            "fee": fee, "amount_fen": 1 + at, "bank_date": today().isoformat(),
            "voucher": {"hash": "A" * 42 + "A", "line": 1 + at, "total_fen": 1_000_000}}).decode().strip() for at in range(210)]
        self.run_cli("entry", "submit", "--batch", self.file("payments.ndjson", "\n".join(entries)), "--url", self.url)
        found = self.json_of("account", "statement", bank, *self.as_bureau())
        self.assertGreaterEqual(len(found["items"]), 210)
        self.assertEqual([row["seq"] for row in found["items"]], sorted(row["seq"] for row in found["items"]))

    def test_a_private_account_is_not_allowed_to_strangers_and_not_there_to_readers_if_it_is_not(self):
        self.run_cli("account", "show", self.account, "--url", self.url, expect=NOT_ALLOWED)
        self.run_cli("account", "statement", self.account, "--url", self.url, expect=NOT_ALLOWED)
        self.run_cli("account", "show", self.account, *self.as_bureau())
        self.run_cli("account", "show", self.account + "x", *self.as_bureau(), expect=NOT_IN_LEDGER)
        self.run_cli("account", "show", self.account, "--url", self.url, "--key", "buyer.key", "--org", ORGS["buyer"][0],
                     expect=NOT_ALLOWED)
        wrong = self.play.cli.run("account", "show", self.account, *self.as_bureau(), "--passphrase-env", "WRONG", expect=None)
        self.assertNotEqual(wrong.returncode, OK)

    # --- deadlines
    def test_deadlines_are_listed_by_day_for_whom_they_concern(self):
        applied = self.play.submit("dataset.apply", [("applicant", "seller")], application("late"))
        found = self.json_of("deadline", "list", "--url", self.url, "--role", "registrar")
        review = next(item for item in found["items"] if item["id"] == applied["entry_id"])
        self.assertEqual((review["kind"], review["what"], review["since"]), ("dataset", "review", today().isoformat()))
        self.assertGreater(review["days_left"], 9)
        self.assertEqual(found["overdue"], 0)
        until = next(effect["until"] for effect in applied["leaf"]["effects"] if effect["fx"] == "deadline")
        self.assertEqual(review["due"], until)

        mine = self.json_of("deadline", "list", "--url", self.url, "--acts", ORGS["seller"][0], "--kind", "certificate")
        # Other tests of this class, which share the ledger, have certificates issued too.
        [certificate] = [item for item in mine["items"] if item["id"] == self.certificate]
        self.assertTrue(certificate["lapses"])
        self.assertEqual({item["org"] for item in mine["items"]}, {ORGS["seller"][0]})
        self.assertEqual(self.json_of("deadline", "list", "--url", self.url, "--overdue")["items"], [])
        self.assertIn("next", self.json_of("deadline", "list", "--url", self.url, "--limit", "1"))
        before = self.json_of("deadline", "list", "--url", self.url, "--role", "registrar",
                              "--as-of", str(applied["seq"] - 1))
        self.assertNotIn(applied["entry_id"], [item["id"] for item in before["items"]])

        told = self.run_cli("deadline", "list", *self.as_bureau(), "--role", "registrar")
        self.assertIn("review", told.stdout)
        self.assertIn("overdue: 0", told.stderr)
        self.run_cli("deadline", "list", "--url", self.url, "--kind", "nothing", expect=FAILED)
        self.play.submit("dataset.withdraw", [("applicant", "seller")], {"dataset": applied["entry_id"]})
        after = self.json_of("deadline", "list", "--url", self.url, "--role", "registrar")
        self.assertNotIn(applied["entry_id"], [item["id"] for item in after["items"]])

    # --- audit
    def test_an_audit_streams_from_the_node_and_keeps_what_it_saw(self):
        found = self.json_of("audit", self.url, *self.as_bureau(url=False), "--log-key", self.log_key, "--keep", "kept.ndjson")
        self.assertEqual((found["verdict"], found["log_key"]), ("consistent", "given"))
        again = self.json_of("audit", "kept.ndjson", "--log-key", self.log_key)
        self.assertEqual(again, found)
        self.run_cli("audit", "kept.ndjson", "--log-key", self.verifier_key("batch.key"), expect=BAD_SIGNATURE)
        self.run_cli("audit", self.url, expect=NOT_ALLOWED)
        self.run_cli("audit", self.url, "--key", "seller.key", "--org", ORGS["seller"][0], expect=NOT_ALLOWED)
        kept = self.read("kept.ndjson")
        self.run_cli("audit", self.file("cut.ndjson", kept[:len(kept) // 2]), expect=INCONSISTENT)
        self.run_cli("audit", self.file("more.ndjson", kept + "\n"), expect=INCONSISTENT)
        self.run_cli("audit", self.file("empty.ndjson", ""), expect=FAILED)


if __name__ == "__main__":
    unittest.main()
