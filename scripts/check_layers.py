#!/usr/bin/env python3
"""Refuses an #include for which docs/layers.json has no arrow, and impure things in the pure core.

    scripts/check_layers.py [--root DIR]

Exit 0 and one line when the house is in order; exit 1 with one line per finding (file:line: what and why) if not.
"""

import argparse
import fnmatch
import json
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
COMMENTS_AND_LITERALS = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^\s()\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
SUFFIXES = {".hpp", ".cpp", ".h", ".cc", ".def"}


def code_only(text):
    """The text without comments and literals; line numbers stay. A digit separator is no literal."""
    text = re.sub(r"(?<=[0-9A-Fa-f])'(?=[0-9A-Fa-f])", "", text)
    return COMMENTS_AND_LITERALS.sub(lambda match: "\n" * match.group(0).count("\n"), text)


class Layers:
    def __init__(self, root):
        self.root = root
        self.rules = json.loads((root / "docs" / "layers.json").read_text(encoding="utf-8"))
        self.modules = sorted(self.rules["modules"], key=len, reverse=True)
        self.words = {word: re.compile(rf"(?<![\w.]){word}(?!\w)") for word in self.rules["core"]["no_words"]}
        self.findings = []
        self.files = 0

    def module_of(self, path):
        return next((name for name in self.modules if path == name or path.startswith(name + "/")), None)

    def report(self, path, line, text):
        self.findings.append(f"{path}:{line}: {text}")

    def check_rules(self):
        """The rules themselves: known names, no circle among the arrows."""
        arrows = self.rules["modules"]
        for name, targets in arrows.items():
            for target in targets:
                if target not in arrows:
                    self.report("docs/layers.json", 1, f"{name} points to {target}, which is no module")
        done, open_ = set(), []

        def visit(name):
            if name in open_:
                self.report("docs/layers.json", 1, "a circle: " + " -> ".join(open_[open_.index(name):] + [name]))
            elif name not in done:
                open_.append(name)
                for target in arrows.get(name, []):
                    visit(target)
                open_.pop()
                done.add(name)

        for name in arrows:
            visit(name)

    def check_quoted(self, path, module, line, target):
        if target in self.rules["generated"]:
            return
        if module == "tests" and ((self.root / path).parent / target).is_file():
            return  # a test's helper beside it
        if not (self.root / target).is_file():
            self.report(path, line, f'"{target}" is no file of this project; includes are written from its root')
            return
        other = self.module_of(target)
        if other is None:
            self.report(path, line, f'"{target}" belongs to no module of docs/layers.json')
        elif other != module and other not in self.rules["modules"][module]:
            self.report(path, line, f'{module} may not include {other} ("{target}")')

    def check_library(self, path, module, line, header):
        for rule in self.rules["only_in"]:
            if not any(fnmatch.fnmatchcase(header, pattern) for pattern in rule["headers"]):
                continue
            if any(path.startswith(place + "/") or fnmatch.fnmatchcase(path, place) for place in rule["places"]):
                continue
            self.report(path, line, f"<{header}> may be included only in {', '.join(rule['places'])}: {rule['why']}")
            return
        core = self.rules["core"]
        if module in core["modules"] and any(fnmatch.fnmatchcase(header, pattern) for pattern in core["no_headers"]):
            if not self.excepted(path, "headers", header):
                self.report(path, line, f"<{header}> in {module}: {core['why']}")
        ordered = self.rules["ordered"]
        if module in ordered["modules"] and header in ordered["no_headers"]:
            self.report(path, line, f"<{header}> in {module}: {ordered['why']}")

    def excepted(self, path, what, name):
        return any(path == rule["file"] and name in rule.get(what, ()) for rule in self.rules["core"]["except"])

    def check_file(self, file):
        path = file.relative_to(self.root).as_posix()
        module = self.module_of(path)
        if module is None:
            self.report(path, 1, "belongs to no module of docs/layers.json")
            return
        self.files += 1
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1):
                self.check_quoted(path, module, number, match.group(1))
            elif match:
                self.check_library(path, module, number, match.group(2))
        if module in self.rules["core"]["modules"]:
            code = code_only(text).splitlines()
            for number, line in enumerate(code, 1):
                for word, pattern in self.words.items():
                    if pattern.search(line) and not self.excepted(path, "words", word):
                        self.report(path, number, f"`{word}` in {module}: {self.rules['core']['why']}")

    def run(self):
        self.check_rules()
        tops = sorted({name.split("/")[0] for name in self.modules})
        for top in tops:
            for file in sorted((self.root / top).rglob("*")):
                if file.suffix in SUFFIXES and "node_modules" not in file.parts:
                    self.check_file(file)
        return self.findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    layers = Layers(parser.parse_args().root.resolve())
    findings = layers.run()
    for finding in findings:
        print(finding)
    if findings:
        print(f"check_layers: {len(findings)} findings in {layers.files} files", file=sys.stderr)
        return 1
    print(f"check_layers: {layers.files} files, every include has its arrow")
    return 0


if __name__ == "__main__":
    sys.exit(main())
