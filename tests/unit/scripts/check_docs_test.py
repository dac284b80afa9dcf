"""scripts/check_docs.py finds what it exists to find: one planted fault per rule, and none in good documents."""

import importlib.util
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
SPEC = importlib.util.spec_from_file_location("check_docs", ROOT / "scripts" / "check_docs.py")
check_docs = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(check_docs)


class CheckDocs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name).resolve() / "clone"
        self.root.mkdir()
        subprocess.run(["git", "init", "-q", str(self.root)], check=True)
        self.write("docs/formats.md", "# Formats\n\n## The leaf (`v` 1)\n")
        self.write("README.md", "[leaf](docs/formats.md#the-leaf-v-1) `docs/formats.md`\n```sh\nscripts/x.sh  # all\n```\n")
        self.write("README.zh.md", "[格式](docs/formats.md)\n```sh\nscripts/x.sh  # 全部\n```\n")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def assert_one_finding(self, path, text, *parts):
        self.write(path, text)
        findings = check_docs.Docs(self.root).run()
        self.assertEqual(len(findings), 1, findings)
        for part in parts:
            self.assertIn(part, findings[0])

    def test_good_documents_have_no_findings(self):
        self.assertEqual(check_docs.Docs(self.root).run(), [])

    def test_a_dead_link_is_found_with_its_line(self):
        self.assert_one_finding("docs/a.md", "one\n[two](gone.md)\n", "docs/a.md:2", "no such file")

    def test_a_link_to_a_heading_that_is_not_there_is_found(self):
        self.assert_one_finding("docs/a.md", "[leaf](formats.md#the-tree)\n", "no such heading")

    def test_a_named_path_that_does_not_exist_is_found(self):
        self.assert_one_finding("docs/a.md", "see `ledger/base/gone.hpp`\n", "ledger/base/gone.hpp")

    def test_what_stands_in_a_code_block_is_no_link(self):
        self.write("docs/a.md", "```\n[two](gone.md) `docs/gone.md`\n```\n")
        self.assertEqual(check_docs.Docs(self.root).run(), [])

    def test_a_promise_of_later_work_is_found(self):
        self.assert_one_finding("ledger/a.cpp", "int x;  // TO" + "DO\n", "ledger/a.cpp:1", "later work")

    def test_a_path_of_one_machine_is_found(self):
        self.assert_one_finding("docs/a.md", "see /ho" + "me/me/notes\n", "one machine")

    def test_a_lock_file_that_names_a_registry_is_found(self):
        self.assert_one_finding("tests/package-lock.json", '{"a": {"resolved": "https://host/a.tgz"}}\n', "registry")

    def test_readmes_with_different_commands_are_found(self):
        self.assert_one_finding("README.zh.md", "```sh\nscripts/y.sh\n```\n", "README.zh.md:1")


if __name__ == "__main__":
    unittest.main()
