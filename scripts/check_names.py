#!/usr/bin/env python3
"""Refuses a file-local name that two sources of one folder define: they are compiled together (DENGJI_UNITY), where an
overload of another file could be the better match and be called in silence.

    scripts/check_names.py [--root DIR]

Exit 0 and one line when every name is unique in its folder; exit 1 with one line per name that is not.
"""

import argparse
import collections
import pathlib
import re
import sys

TOPS = ("api", "contracts", "crypto", "ledger", "node", "tests")
# clang-format puts what stands in a namespace at the beginning of the line.
OPENS = re.compile(r"^namespace(?: ([\w:]+))? \{$")
CLOSES = re.compile(r"^\}  // namespace")
FUNCTION = re.compile(r"^(?!using |namespace |struct |class |enum |template|extern )[A-Za-z][\w:<>,&*\[\] ]*?[ &*](\w+)\(")
TYPE = re.compile(r"^(?:struct|class|enum class|enum) (\w+)[^;]*$")
CONSTANT = re.compile(r"^(?:inline |static )?(?:constexpr|const) [^()=;]*?\b(k[A-Z]\w*)\b")


def local_names(path):
    """The names that `path` defines in unnamed namespaces, by line."""
    names, spaces = {}, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        opened = OPENS.match(line)
        if opened:
            spaces.append(opened.group(1))
        elif CLOSES.match(line) and spaces:
            spaces.pop()
        elif spaces and spaces[-1] is None:
            for form in (FUNCTION, TYPE, CONSTANT):
                found = form.match(line)
                if found:
                    names.setdefault((tuple(name for name in spaces if name), found.group(1)), number)
                    break
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    where, files = collections.defaultdict(list), 0
    for top in TOPS:
        for path in sorted((root / top).rglob("*.cpp")):
            files += 1
            for (space, name), line in local_names(path).items():
                where[(path.parent, space, name)].append(f"{path.relative_to(root)}:{line}")
    found = {key: places for key, places in where.items() if len(places) > 1}
    for (_, _, name), places in sorted(found.items(), key=lambda item: item[1]):
        print(f"{places[0]}: {name} is defined in {', '.join(places[1:])} too: rename one, or share it")
    if found:
        return 1
    print(f"check_names: {files} sources, every file-local name is its folder's only one")
    return 0


if __name__ == "__main__":
    sys.exit(main())
