"""scripts/check_layers.py finds what it exists to find: one planted fault per rule, and none in a clean house."""

import importlib.util
import pathlib
import shutil
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
SPEC = importlib.util.spec_from_file_location("check_layers", ROOT / "scripts" / "check_layers.py")
check_layers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(check_layers)


class CheckLayers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        (self.root / "docs").mkdir()
        shutil.copy(ROOT / "docs" / "layers.json", self.root / "docs" / "layers.json")
        self.write("ledger/base/error.hpp", "#pragma once\n")
        self.write("ledger/store/store.hpp", "#include <leveldb/db.h>\n#include \"ledger/base/error.hpp\"\n")
        self.write("node/main.cpp", '#include "ledger/store/store.hpp"\n')

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def findings(self):
        return check_layers.Layers(self.root).run()

    def assert_one_finding(self, path, text, *parts):
        self.write(path, text)
        findings = self.findings()
        self.assertEqual(len(findings), 1, findings)
        for part in parts:
            self.assertIn(part, findings[0])

    def test_a_clean_house_has_no_findings(self):
        self.assertEqual(self.findings(), [])

    def test_an_include_without_an_arrow_is_found_with_file_and_line(self):
        self.assert_one_finding(
            "api/routes.cpp", '#include <string>\n#include "ledger/store/store.hpp"\n',
            "api/routes.cpp:2", "api may not include ledger/store")

    def test_a_lower_layer_that_looks_up_is_found(self):
        self.write("contracts/trade.hpp", "#pragma once\n")
        self.assert_one_finding("ledger/state/fold.cpp", '#include "contracts/trade.hpp"\n', "ledger/state may not include")

    def test_an_include_that_is_not_written_from_the_root_is_found(self):
        self.assert_one_finding("ledger/base/fen.cpp", '#include "error.hpp"\n', "is no file of this project")

    def test_a_test_may_include_the_helper_beside_it(self):
        self.write("tests/unit/crypto/support.hpp", "#pragma once\n")
        self.write("tests/unit/crypto/jws_test.cpp", '#include "support.hpp"\n#include "ledger/base/error.hpp"\n')
        self.assertEqual(self.findings(), [])

    def test_a_library_outside_its_one_place_is_found(self):
        self.assert_one_finding("node/ordering/solo.cpp", "#include <leveldb/db.h>\n", "one place knows LevelDB")

    def test_a_library_that_two_files_may_use_is_refused_in_a_third(self):
        self.write("api/http_parser.cpp", "#include <boost/beast/http.hpp>\n")
        self.assertEqual(self.findings(), [])
        self.assert_one_finding("api/routes.cpp", "#include <boost/beast/http.hpp>\n", "api/routes.cpp:1", "Beast")

    def test_a_clock_in_the_core_is_found_and_the_named_exception_is_not(self):
        self.write("ledger/base/environment.hpp", "#include <chrono>\n")
        self.assertEqual(self.findings(), [])
        self.assert_one_finding("contracts/fees.cpp", "#include <chrono>\n", "<chrono> in contracts")

    def test_a_floating_number_in_the_core_is_found_but_not_in_words_about_it(self):
        self.write("contracts/a.cpp", '// no double here\nconst char* k = "double"; /* float\n */ long n = 1\'000;\n')
        self.assertEqual(self.findings(), [])
        self.write("ledger/json/strict_json.cpp", "bool number_float(double, int);\n")
        self.assertEqual(self.findings(), [], "the one named exception")
        self.assert_one_finding("contracts/b.cpp", "long n = 1'000;\n// fine\ndouble rate;\n", "contracts/b.cpp:3", "`double`")

    def test_an_unordered_container_among_the_rules_is_found(self):
        self.assert_one_finding("contracts/c.cpp", "#include <unordered_map>\n", "iteration order")

    def test_a_folder_that_no_rule_names_is_found(self):
        self.assert_one_finding("ledger/misc/x.hpp", "#pragma once\n", "belongs to no module")

    def test_a_circle_among_the_arrows_is_found(self):
        file = self.root / "docs" / "layers.json"
        text = file.read_text(encoding="utf-8").replace('"ledger/base":   []', '"ledger/base": ["ledger/store"]')
        file.write_text(text, encoding="utf-8")
        self.assertTrue(any("a circle" in finding for finding in self.findings()))


if __name__ == "__main__":
    unittest.main()
