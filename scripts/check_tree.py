#!/usr/bin/env python3
"""Checks what the compiler does not: who includes whom, and what the library must not do.

usage: check_tree.py ROOT   (ROOT holds lib/, tools/ and tests/checks/modules.txt)
Prints one line a fault, FILE:LINE: what; exits 1 when there is one.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
# Output and exit belong to lib/cli, releasing FFmpeg's objects to the owning pointers.
SPEAKS = re.compile(r"std::(cout|cerr|clog)|\bfmt::print\(|\b(?:std::)?f?(?:printf|puts)\(|\b(?:std::)?_?exit\(")
FREES = re.compile(
    r"\b(av_packet_free|av_frame_free|avcodec_free_context|avformat_close_input|avformat_free_context"
    r"|av_bsf_free|avfilter_graph_free|swr_free|sws_freeContext)\b")
POINTERS = "lib/media/av_ptr.h"
LONGEST_MAIN = 60


def read_table(path):
    """The rows of the module table in order: name -> set of modules it may use."""
    table = {}
    for line in path.read_text().splitlines():
        line = line.split("#")[0].strip()
        if line:
            name, _, used = line.partition(":")
            table[name.strip()] = set(used.split())
    return table


def owner_of(path, table):
    """The row a path below lib belongs to ("safety/text" for "safety/text/a.h"), or None."""
    parts = path.split("/")
    return next((name for i in range(len(parts) - 1, 0, -1) if (name := "/".join(parts[:i])) in table), None)


def module_folders(lib, table):
    """Folders that must have rows: those in lib, and in place of one that holds modules those in it."""
    for folder in (p for p in lib.iterdir() if p.is_dir()):
        if any(name.startswith(folder.name + "/") for name in table):
            yield from (f"{folder.name}/{p.name}" for p in folder.iterdir() if p.is_dir())
        else:
            yield folder.name


def check_table(root, table):
    folders = set(module_folders(root / "lib", table))
    for name in sorted(folders - set(table)):
        yield f"lib/{name}:1: the folder has no row in tests/checks/modules.txt"
    for name in sorted(set(table) - folders):
        yield f"tests/checks/modules.txt:1: '{name}' has no folder below lib"
    above = set()
    for name, used in table.items():
        for other in sorted(used - above):
            yield f"tests/checks/modules.txt:1: '{name}' uses '{other}', which is not above it"
        above.add(name)


def check_include(where, module, target, quoted, table):
    """`module` is None for a tool."""
    if target.startswith("CLI/") and module not in (None, "cli"):
        yield f"{where}: CLI11 belongs to tools and lib/cli"
    owner = owner_of(target, table)
    if not quoted or owner is None or module in (None, owner):
        return
    if owner not in table.get(module, set()):
        yield f"{where}: '{module}' may not use '{owner}' ({target})"


def without_comments(text):
    """The text with comments and string contents blanked, lines kept."""
    def blank(match):
        found = match.group(0)
        return re.sub(r"[^\n]", " ", found) if found.startswith("/") else '""'
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S)


def check_first(root, path, text):
    """A source that begins with its own header shows that the header compiles alone."""
    header = path.with_suffix(".h")
    if path.suffix != ".cpp" or not header.exists():
        return
    lines = enumerate(text.splitlines(), 1)
    number, found = next(((n, m) for n, line in lines if (m := INCLUDE.match(line))), (1, None))
    own = header.relative_to(root / "lib").as_posix()
    if not found or found.group(1) != own:
        yield f"{path.relative_to(root)}:{number}: the first include is not {own}"


def check_file(root, path, table):
    name = path.relative_to(root).as_posix()
    module = None
    if name.startswith("lib/"):
        module = owner_of(name.removeprefix("lib/"), table)
        if module is None:
            yield f"{name}:1: the file belongs to no module of tests/checks/modules.txt"
            return
    text = path.read_text()
    if module is not None:
        yield from check_first(root, path, text)
    for number, line in enumerate(text.splitlines(), 1):
        if found := INCLUDE.match(line):
            target = found.group(1) or found.group(2)
            yield from check_include(f"{name}:{number}", module, target, bool(found.group(1)), table)
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        if module not in (None, "cli") and SPEAKS.search(line):
            yield f"{name}:{number}: the library never prints and never exits"
        if name != POINTERS and FREES.search(line):
            yield f"{name}:{number}: FFmpeg's objects are released by {POINTERS} alone"


def check_main(root, path):
    lines = path.read_text().splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("int main(")), None)
    if start is None:
        yield f"{path.relative_to(root)}:1: no main"
        return
    end = next(i for i in range(start, len(lines)) if lines[i] == "}")
    if end - start >= LONGEST_MAIN:
        yield f"{path.relative_to(root)}:{start + 1}: main has {end - start + 1} lines"


def check(root):
    table = read_table(root / "tests/checks/modules.txt")
    yield from check_table(root, table)
    for top in ("lib", "tools"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cpp"):
                yield from check_file(root, path, table)
    for path in sorted((root / "tools").glob("*.cpp")):
        yield from check_main(root, path)


def main():
    faults = list(check(pathlib.Path(sys.argv[1])))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
