"""One real node over a real socket: entries in, receipts out, refusals that change nothing, kill -9, clean stop."""

import base64
import json
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger_play import ORGS, Play  # noqa: E402


def flipped(entry):
    """The entry with one bit of its payload changed."""
    jws = json.loads(entry)
    payload = bytearray(base64.urlsafe_b64decode(jws["payload"] + "=="))
    at = payload.index(b'"small"')
    payload[at + 1:at + 6] = b"large"
    jws["payload"] = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    return json.dumps(jws).encode()


class OneNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.play = Play(cls.folder.name)
        cls.play.node.start()

    @classmethod
    def tearDownClass(cls):
        cls.play.node.kill()
        cls.folder.cleanup()

    def checkpoint(self):
        status, _, body = self.play.node.request("GET", "/checkpoint")
        self.assertEqual(status, 200)
        return body.decode().splitlines()

    def registration(self, name, region):
        return self.play.entry("org.register", [("registrant", name), ("registrar", "registrar")], {
            "org": {"id": ORGS[name][0], "name": name, "region": region, "ownership": "private", "scale": "small",
                    "chain_roles": []},
            "keys": [{"jwk": self.play.jwks[name], "use": "sign"}]})

    def changed_bytes(self, export):
        """Every 97th byte of the export, and all of its last 300, changed one at a time."""
        play = self.play
        for at in [*range(0, len(export) - 300, 97), *range(len(export) - 300, len(export) - 1)]:
            changed = bytearray(export)
            changed[at] ^= 1
            (play.folder / "changed.ndjson").write_bytes(changed)
            done = play.cli.run("audit", "changed.ndjson", expect=None)
            self.assertIn(done.returncode, (1, 10, 14), f"byte {at} changed, audit says {done.stdout}")
            self.assertNotIn("consistent", done.stdout)

    def test_the_life_of_an_entry(self):
        play = self.play
        with self.subTest("a new entry is 201 and the organisation is there"):
            entry = self.registration("seller", "320500")
            status, receipt = play.post(entry)
            self.assertEqual(status, 201, receipt)
            org = play.node.get_json(f"/v1/orgs/{ORGS['seller'][0]}")
            self.assertEqual(json.dumps(org).count(ORGS["seller"][0]) > 0, True)
        with self.subTest("the same entry again is 200 with the same place"):
            size = self.checkpoint()[1]
            status, again = play.post(entry)
            self.assertEqual(status, 200)
            self.assertEqual(again["seq"], receipt["seq"])
            self.assertEqual(self.checkpoint()[1], size)
        with self.subTest("a changed payload is 401 and changes nothing"):
            before = self.checkpoint()
            status, problem = play.post(flipped(self.registration("buyer", "320100")))
            self.assertEqual((status, problem["code"]), (401, "bad_signature"))
            self.assertEqual(self.checkpoint(), before)
        with self.subTest("a second registration is refused by the contract and changes nothing"):
            before = self.checkpoint()
            status, problem = play.post(self.registration("seller", "320500"))
            self.assertEqual((status, problem["code"]), (422, "org_exists"))
            self.assertEqual(self.checkpoint(), before)
        with self.subTest("a role needs the quorum of governors"):
            play.register("platform", "320000")
            body = {"org": ORGS["platform"][0], "role": "platform"}
            answer = play.submit("role.grant", [("governor", "bureau")], body, expect=403)
            self.assertEqual(answer["code"], "quorum_missing")
            play.submit("role.grant", [("governor", "bureau"), ("governor", "finance")], body)
        with self.subTest("what is no entry is 400 and names the place"):
            status, problem = play.post(b'{"payload":"e30","payload":"e30"}')
            self.assertEqual((status, problem["code"]), (400, "json_duplicate_member"))
        with self.subTest("kill -9 loses nothing that was acknowledged"):
            before = self.checkpoint()
            play.node.kill()
            play.node.start()
            self.assertEqual(self.checkpoint(), before)
            status, again = play.post(entry)
            self.assertEqual((status, again["seq"]), (200, receipt["seq"]))
        with self.subTest("the export is for those who may read it"):
            self.assertEqual(play.node.status_of("/v1/export"), 401)
        with self.subTest("an audit of the export finds the ledger consistent"):
            export = play.export()
            (play.folder / "export.ndjson").write_bytes(export)
            summary = play.cli.json("audit", "export.ndjson")
            self.assertEqual(summary["verdict"], "consistent")
            self.assertEqual(str(summary["size"]), self.checkpoint()[1])
        with self.subTest("an audit finds every single changed byte"):
            self.changed_bytes(export)
        with self.subTest("SIGTERM is a clean stop"):
            self.assertEqual(play.node.stop(), 0)
            play.node.start()


if __name__ == "__main__":
    unittest.main()
