"""scripts/test_stages.py counts what passed, and no failure gets by it: failed, crashed, missing or absent tests."""

import contextlib
import importlib.util
import io
import pathlib
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
SPEC = importlib.util.spec_from_file_location("test_stages", ROOT / "scripts" / "test_stages.py")
test_stages = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(test_stages)


class TestStages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        test_stages.ROOT = pathlib.Path(folder.name)
        test_stages.LOGS = test_stages.ROOT / "logs"
        test_stages.LOGS.mkdir()

    def ctest(self, **commands):
        build = test_stages.ROOT / "build" / "release"
        build.mkdir(parents=True)
        lines = [f'add_test([=[{name}]=] {command})' for name, command in commands.items()]
        (build / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n")
        stage = test_stages.Stage("unit")
        self.addCleanup(stage.log.close)
        self.printed = io.StringIO()
        with contextlib.redirect_stdout(self.printed):
            stage.ctest("release")
        return stage

    def test_passed_tests_are_counted(self):
        stage = self.ctest(one="/bin/true", two="/bin/true")
        self.assertEqual((stage.passed, stage.failed), (2, 0))

    def test_a_failed_test_is_counted_named_and_shown(self):
        stage = self.ctest(one="/bin/true", two='/bin/sh -c "echo the reason; exit 1"')
        self.assertEqual((stage.passed, stage.failed), (1, 1))
        self.assertEqual(stage.failures, ["unit: two"])
        self.assertIn("the reason", self.printed.getvalue())

    def test_a_test_whose_program_was_not_built_has_failed(self):
        stage = self.ctest(one="/bin/true", two="/nowhere/two_tests")
        self.assertEqual((stage.passed, stage.failed), (1, 1))

    def test_a_crashed_test_has_failed(self):
        stage = self.ctest(one='/bin/sh -c "kill -SEGV $$"')
        self.assertEqual((stage.passed, stage.failed), (0, 1))

    def test_a_test_that_cannot_run_here_is_neither(self):
        stage = self.ctest(one="/bin/true", two='/bin/sh -c "exit 77")\nset_tests_properties(two PROPERTIES SKIP_RETURN_CODE 77')
        self.assertEqual((stage.passed, stage.failed, stage.skipped), (1, 0, 1))

    def test_no_test_at_all_has_failed(self):
        self.assertEqual(self.ctest().failed, 1)

    def test_a_step_that_fails_is_counted_with_its_output(self):
        stage = test_stages.Stage("checks")
        self.addCleanup(stage.log.close)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertTrue(stage.step("good", "/bin/true"))
            self.assertFalse(stage.step("bad", "/bin/sh", "-c", "echo why; exit 3"))
        self.assertEqual((stage.passed, stage.failed), (1, 1))
        self.assertIn("why", printed.getvalue())


if __name__ == "__main__":
    unittest.main()
