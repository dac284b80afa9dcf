"""Real data through the dengji command: npm's vega-datasets imported, its manifests proven, one byte changed, Croissant
written and read again. Hashes and roots are computed here a second time, from RFC 6962 and docs/formats.md alone.
"""

import base64
import collections
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from node_process import ROOT, Cli  # noqa: E402

RESOURCES = 73
CHANGED = "flights-200k.json"
DEFAULTS = {
    "defaults": {
        "category": "general", "industry": "other", "right": "hold", "grade": "general", "personal_data": False,
        "cross_border": False, "supply_modes": ["catalogue"], "source": {"kind": "licensed"},
        "licence": {"commercial": False, "derivatives": True, "redistribution": False},
        "commitment": "iRxZayhd8UmmdCTu03UfcsS3qVVVTaaJ4LmDFC6Rs4A"},
    "resources": [{"resource": "airports", "set": {"industry": "transport", "storage_place": "苏州"}}]}


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\1", tree_root(hashes[:split]), tree_root(hashes[split:]))


def leaf(path, content):
    """A file's leaf in RFC 8785 form."""
    return json.dumps({"bytes": len(content), "path": path, "sha256": b64(sha256(content))}, ensure_ascii=False,
                      separators=(",", ":")).encode()


def manifest_of(files):
    """The manifest of {path: bytes}."""
    ordered = sorted(files.items(), key=lambda item: item[0].encode())
    contents = sorted({sha256(content) for content in files.values()})
    return {"root": b64(tree_root([sha256(b"\0", leaf(*one)) for one in ordered])),
            "content_root": b64(tree_root([sha256(b"\0", one) for one in contents])),
            "files": len(files), "bytes": sum(map(len, files.values()))}


class Datasets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        fetched = subprocess.run([ROOT / "scripts" / "fetch_data.sh"], capture_output=True, text=True, check=True, timeout=300)
        cls.package = pathlib.Path(fetched.stdout.splitlines()[-1])
        cls.description = json.loads((cls.package / "datapackage.json").read_text(encoding="utf-8"))
        cls.files = {path.name: path.read_bytes() for path in (cls.package / "data").iterdir()}
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.cli = Cli(cwd=cls.folder)
        (cls.folder / "defaults.json").write_text(json.dumps(DEFAULTS, ensure_ascii=False), encoding="utf-8")
        cls.imported = cls.cli.json("dataset", "import", cls.package / "datapackage.json", "--defaults", "defaults.json", "--out",
                                    "bodies", "--report", "report.json")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def body(self, name):
        return json.loads((self.folder / "bodies" / f"{name}.json").read_text(encoding="utf-8"))

    def changed_copy(self, name):
        """The package with one bit of one file flipped."""
        copy = self.folder / name
        shutil.copytree(self.package, copy)
        content = bytearray(self.files[CHANGED])
        content[len(content) // 2] ^= 1
        (copy / "data" / CHANGED).write_bytes(content)
        return copy

    def test_every_resource_becomes_an_application(self):
        self.assertEqual(self.imported["accepted"], RESOURCES)
        self.assertEqual([row["resource"] for row in self.imported["datasets"]],
                         [resource["name"] for resource in self.description["resources"]])
        for resource in self.description["resources"]:
            with self.subTest(resource["name"]):
                content = self.files[resource["path"]]
                body = self.body(resource["name"])
                manifest = dict(body["manifest"])
                self.assertEqual(manifest.pop("list"), [json.loads(leaf(resource["path"], content))])
                self.assertEqual(manifest, manifest_of({resource["path"]: content}))
                self.assertEqual(body["description"][:40], " ".join(resource["description"].split())[:40])
        self.assertEqual(self.body("airports")["industry"], "transport")
        self.assertEqual(self.body("anscombe")["licence"]["name"], "BSD-3-Clause")
        self.assertEqual(self.body("us_10m")["modalities"], ["geospatial"])
        self.assertEqual(self.body("icon_7zip")["modalities"], ["image"])

    def test_each_body_goes_into_an_entry(self):
        for row in self.imported["datasets"]:
            payload = self.cli.run("entry", "new", "dataset.apply", "--ledger", "ledger.example/js-data", "--genesis", "A" * 43,
                                   "--party", "applicant=91320500MA1EAMPA7Y=" + "A" * 43, "--body", row["file"]).stdout
            self.assertEqual(json.loads(payload)["body"]["manifest"]["root"], row["root"])

    def test_the_report_says_that_the_hashes_are_git_objects(self):
        report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        by_code = collections.defaultdict(list)
        for finding in report["findings"]:
            by_code[finding["code"]].append(finding)
        self.assertEqual({code: len(found) for code, found in by_code.items()}, report["counts"])
        in_truth = [resource["name"] for resource in self.description["resources"]
                    if resource["hash"] == "sha1:" + hashlib.sha1(
                        b"blob %d\0" % len(self.files[resource["path"]]) + self.files[resource["path"]]).hexdigest()]
        self.assertEqual(len(in_truth), RESOURCES)
        self.assertEqual([finding["resource"] for finding in by_code["hash_is_git_blob"]], in_truth)
        self.assertEqual([finding["resource"] for finding in by_code["licence_missing"]],
                         [resource["name"] for resource in self.description["resources"] if "licenses" not in resource])
        self.assertNotIn("bytes_differ", by_code)
        self.assertEqual(len(by_code["files_in_data"]), 1)

    def test_the_manifest_of_the_folder(self):
        self.assertEqual(self.cli.json("dataset", "manifest", self.package / "data"), manifest_of(self.files))
        self.cli.run("dataset", "manifest", self.package / "data", "--list", "list.ndjson")
        lines = (self.folder / "list.ndjson").read_bytes().splitlines()
        self.assertEqual(lines[1:], [leaf(*one) for one in sorted(self.files.items(), key=lambda item: item[0].encode())])
        self.assertTrue(self.cli.json("dataset", "manifest", self.package / "data", "--check", "list.ndjson")["same"])

    def test_one_changed_byte_changes_the_root_and_is_named(self):
        self.cli.run("dataset", "manifest", self.package / "data", "--list", "before.ndjson")
        copy = self.changed_copy("changed")
        done = self.cli.run("-o", "json", "dataset", "manifest", copy / "data", "--check", "before.ndjson", expect=14)
        self.assertEqual(json.loads(done.stdout)["differences"], [{"difference": "changed", "path": CHANGED}])
        self.assertNotEqual(json.loads(done.stdout)["root"], manifest_of(self.files)["root"])
        (copy / "data" / "new.csv").write_text("1\n")
        (copy / "data" / "airports.csv").unlink()
        done = self.cli.run("dataset", "manifest", copy / "data", "--check", "before.ndjson", expect=14)
        self.assertEqual([line.split() for line in done.stdout.splitlines()[1:]],
                         [["missing", "airports.csv"], ["changed", CHANGED], ["extra", "new.csv"]])

    def test_an_import_of_changed_files_leaves_them_out(self):
        copy = self.changed_copy("import")
        (copy / "data" / "airports.csv").write_bytes(self.files["airports.csv"] + b"\n")
        (copy / "data" / "cars.json").unlink()
        done = self.cli.run("-o", "json", "dataset", "import", copy / "datapackage.json", "--defaults", "defaults.json", "--out",
                            "changed_bodies", expect=1)
        result = json.loads(done.stdout)
        self.assertEqual(result["accepted"], RESOURCES - 3)
        errors = {(finding["resource"], finding["code"]) for finding in result["findings"] if finding["severity"] == "error"}
        self.assertEqual(errors, {("flights_200k_json", "hash_differs"), ("airports", "bytes_differ"), ("airports", "hash_differs"),
                                  ("cars", "file_absent")})
        self.assertEqual(len(list((self.folder / "changed_bodies").iterdir())), RESOURCES - 3)

    def test_the_proof_of_one_file(self):
        data = self.package / "data"
        root = manifest_of(self.files)["root"]
        self.cli.run("dataset", "prove", data, CHANGED, "--out", "proof.json")
        proof = json.loads((self.folder / "proof.json").read_text())
        self.assertEqual(proof["leaf"].encode(), leaf(CHANGED, self.files[CHANGED]))
        verify = ["dataset", "prove", "--verify", "proof.json", "--root", root]
        self.assertEqual(self.cli.json(*verify, "--file", data / CHANGED)["path"], CHANGED)
        self.cli.run(*verify, "--file", data / "airports.csv", expect=14)
        self.cli.run(*verify[:-1], "A" * 43, expect=11)
        self.cli.run("dataset", "prove", data, "none.csv", expect=11)
        (self.folder / "bad.json").write_text(json.dumps({**proof, "leaf": proof["leaf"].replace(":", ": ", 1)}))
        self.cli.run("dataset", "prove", "--verify", "bad.json", "--root", root, expect=11)
        (self.folder / "bad.json").write_text(json.dumps({**proof, "more": 1}))
        self.cli.run("dataset", "prove", "--verify", "bad.json", "--root", root, expect=14)
        # The list serves as well as the folder, and the wording under manifest too.
        self.cli.run("dataset", "manifest", data, "--list", "prove.ndjson")
        self.assertEqual(json.loads(self.cli.run("dataset", "manifest", "prove", "prove.ndjson", CHANGED).stdout), proof)

    def test_croissant_out_and_in_again_is_the_same_manifest(self):
        # All files as one data set: more than 64, so the list stays outside.
        self.cli.run("dataset", "manifest", self.package / "data", "--list", "whole.ndjson")
        body = {**self.body("airports"), "title": "All of them", "manifest": manifest_of(self.files)}
        (self.folder / "whole.json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        self.cli.run("dataset", "export", "whole.json", expect=2)
        self.cli.run("dataset", "export", "--format", "croissant", "whole.json", "--manifest", "whole.ndjson", "--creator", "Vega",
                     "--date", "2025-08-21", "--out", "croissant.json")
        croissant = json.loads((self.folder / "croissant.json").read_text(encoding="utf-8"))
        self.assertEqual(croissant["conformsTo"], "http://mlcommons.org/croissant/1.1")
        for member in ("@context", "@type", "name", "description", "license", "url", "creator", "datePublished"):
            self.assertIn(member, croissant)
        self.assertEqual({one["contentUrl"]: (one["sha256"], one["contentSize"]) for one in croissant["distribution"]},
                         {path: (hashlib.sha256(content).hexdigest(), f"{len(content)} B") for path, content in self.files.items()})
        dcat = json.loads(self.cli.run("dataset", "export", "--format", "dcat", "whole.json", "--manifest", "whole.ndjson").stdout)
        self.assertEqual({one["dcterms:title"]: (one["spdx:checksum"]["spdx:checksumValue"]["@value"], one["dcat:byteSize"]["@value"])
                          for one in dcat["dcat:distribution"]},
                         {path: (hashlib.sha256(content).hexdigest(), str(len(content))) for path, content in self.files.items()})
        (self.folder / "plain.json").write_text(json.dumps({"defaults": DEFAULTS["defaults"]}))
        again = self.cli.json("dataset", "import", "croissant.json", "--files", self.package / "data", "--defaults", "plain.json",
                              "--out", "again")
        self.assertEqual([(row["root"], row["title"]) for row in again["datasets"]], [(manifest_of(self.files)["root"], "All of them")])
        kept = self.folder / "again" / "All_of_them.manifest.ndjson"
        self.assertEqual(kept.read_bytes(), (self.folder / "whole.ndjson").read_bytes())
        other = self.changed_copy("other")
        done = self.cli.run("-o", "json", "dataset", "import", "croissant.json", "--files", other / "data", "--defaults", "plain.json",
                            expect=1)
        self.assertIn("hash_differs", json.loads(done.stdout)["counts"])

    def test_what_a_user_may_get_wrong_is_told(self):
        data = self.package / "data"
        self.cli.run("dataset", "manifest", expect=2)
        self.cli.run("dataset", "manifest", "nowhere", expect=1)
        self.cli.run("dataset", "prove", data, expect=2)
        self.cli.run("dataset", "prove", "--verify", "proof.json", expect=2)
        inside = self.folder / "inside"
        inside.mkdir()
        (inside / "a").write_text("1")
        done = self.cli.run("dataset", "manifest", inside, "--list", inside / "list", expect=2)
        self.assertIn("keep it outside", done.stderr)
        done = self.cli.run("dataset", "import", self.package / "datapackage.json", expect=1)
        self.assertIn("member_missing 73", done.stderr)
        (self.folder / "typing.json").write_text(json.dumps({"defaults": {}, "resources": [{"resource": "airport", "set": {}}]}))
        done = self.cli.run("dataset", "import", self.package / "datapackage.json", "--defaults", "typing.json", expect=2)
        self.assertIn("airport", done.stderr)
        (inside / "link").symlink_to("/etc/passwd")
        done = self.cli.run("dataset", "manifest", inside)
        self.assertIn("link (symbolic link)", done.stderr)


if __name__ == "__main__":
    unittest.main()
