"""scripts/check_names.py finds a file-local name that a folder has twice, and nothing in a clean house."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[3] / "scripts" / "check_names.py"
LOCAL = "namespace dengji {{\nnamespace {{\n\n{}\n\n}}  // namespace\n}}  // namespace dengji\n"


class CheckNames(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)

    def write(self, path, definition):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(LOCAL.format(definition), encoding="utf-8")

    def run_script(self):
        return subprocess.run([sys.executable, str(SCRIPT), "--root", str(self.root)], capture_output=True, text=True, check=False)

    def assert_found(self, name, one, other):
        self.write("node/a.cpp", one)
        self.write("node/b.cpp", other)
        done = self.run_script()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(f"node/a.cpp:4: {name} is defined in node/b.cpp:4 too", done.stdout)

    def test_two_functions_even_with_other_parameters(self):
        self.assert_found("plain", "Route plain(std::string path, int media) {", "Route plain(std::string path) {")

    def test_two_types(self):
        self.assert_found("Place", "struct Place {", "class Place final : public Base {")

    def test_two_constants(self):
        self.assert_found("kMost", "constexpr int kMost = 3;", "const std::string kMost = \"4\";")

    def test_other_folders_and_calls_are_no_finding(self):
        self.write("node/a.cpp", "void f() {\n  plain(1);\n}")
        self.write("node/b.cpp", "Route plain(std::string path) {\n}")
        self.write("api/b.cpp", "Route plain(std::string path) {\n}")
        done = self.run_script()
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("3 sources", done.stdout)


if __name__ == "__main__":
    unittest.main()
