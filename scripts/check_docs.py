#!/usr/bin/env python3
"""Checks what the documents say about the tree: links and anchors lead somewhere, paths that are named exist, the two
READMEs show the same commands, nothing promises later work, no lock file names a registry.

    scripts/check_docs.py [--root DIR]
"""

import argparse
import pathlib
import re
import subprocess
import sys

TOPS = ("node", "ledger", "crypto", "api", "contracts", "tests", "scripts", "docs", "cmake", ".ci")
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
CODE = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.M | re.S)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.M)
PATH = re.compile(rf"(?:{'|'.join(map(re.escape, TOPS))})(?:/[\w.+-]+)+/?")
# Written so that this file does not find itself.
LATER = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|not impl[e]mented|[Pp]l[a]ceholder|[Ss]t[u]b(bed)?|[Ll]orem ips[u]m)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:tmp|root|home|work)/\w")
TEXT_SUFFIXES = {".md", ".cpp", ".hpp", ".py", ".sh", ".mjs", ".js", ".toml", ".json", ".txt", ".cmake", ".def", ".go"}


def anchor(heading):
    """The anchor that a forge makes of a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", lambda match: match.group(1) or "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(text):
    return {anchor(heading) for heading in HEADING.findall(FENCE.sub("", text))}


class Docs:
    def __init__(self, root):
        self.root = root
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, capture_output=True, text=True,
                                check=True).stdout.splitlines()
        self.files = sorted(name for name in set(listed) if (root / name).is_file())
        self.findings = []

    def read(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def report(self, name, text, position, what):
        self.findings.append(f"{name}:{text.count(chr(10), 0, position) + 1}: {what}")

    def check_links(self, name, text):
        folder = (self.root / name).parent
        for match in LINK.finditer(text):
            target = match.group(1)
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, fragment = target.partition("#")
            file = (folder / path).resolve() if path else self.root / name
            if not file.exists():
                self.report(name, text, match.start(), f"link to {target}: no such file")
            elif fragment and file.suffix == ".md" and fragment not in anchors(file.read_text(encoding="utf-8")):
                self.report(name, text, match.start(), f"link to {target}: no such heading")

    def check_paths(self, name, text):
        for match in CODE.finditer(text):
            for word in match.group(1).split():
                word = word.rstrip(",.;:")
                if PATH.fullmatch(word) and not (self.root / word).exists():
                    self.report(name, text, match.start(), f"`{word}` is named and does not exist")

    def check_readmes(self):
        """The same commands in both languages (comments in them are translated)."""
        def commands(name):
            blocks = [block.group(0) for block in FENCE.finditer(self.read(name)) if block.group(0).startswith("```sh")]
            lines = [re.sub(r"\s+#.*", "", line).rstrip() for block in blocks for line in block.splitlines()[1:-1]]
            return [line for line in lines if line]

        pair = ("README.md", "README.zh.md")
        if all(name in self.files for name in pair) and commands(pair[0]) != commands(pair[1]):
            self.findings.append("README.zh.md:1: its commands are not those of README.md")

    def run(self):
        for name in self.files:
            suffix = pathlib.PurePath(name).suffix
            if suffix not in TEXT_SUFFIXES:
                continue
            text = self.read(name)
            if suffix == ".md":
                self.check_links(name, FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), text))
                self.check_paths(name, FENCE.sub(lambda match: "\n" * match.group(0).count("\n"), text))
            if name.endswith("package-lock.json") and '"resolved"' in text:
                self.report(name, text, text.index('"resolved"'), "names a registry; install with this folder's .npmrc")
            for match in LATER.finditer(text):
                self.report(name, text, match.start(), f"`{match.group(0)}` promises later work; do it or say what is not there")
            for match in MACHINE_PATH.finditer(text):
                self.report(name, text, match.start(), "a path of one machine means nothing to a stranger")
        self.check_readmes()
        return self.findings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    docs = Docs(parser.parse_args().root.resolve())
    findings = docs.run()
    print("\n".join(findings) if findings else f"check_docs: {sum(name.endswith('.md') for name in docs.files)} documents")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
