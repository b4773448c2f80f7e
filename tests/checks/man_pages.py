#!/usr/bin/env python3
"""A man page and --help name the same options, and the page knows the defaults --help shows. Of a
tool with commands the help of each counts.

usage: man_pages.py TOOL PAGE   Exits 1 with one line a difference.
"""
import re
import subprocess
import sys

OPTION = re.compile(r"(?<![\w-])(--[a-z][\w-]*|-[A-Za-z])(?![\w-])")


def help_options(text):
    """Option name -> default text or None, from the help of a tool."""
    options = {}
    entries = re.split(r"\n(?=  (?:-|    --))", text)
    for entry in entries[1:]:
        entry = entry.split("\n\n")[0]
        flat = re.sub(r"\s+", " ", entry).strip()
        head = re.split(r"  +|\n", entry.strip())[0]
        default = re.search(r"\[([^\[\]]*)\](?: \(required\))?$", flat)
        for name in OPTION.findall(head):
            options[name] = default.group(1) if default else None
    return options


def commands(text):
    """The commands that the help of a tool lists."""
    listed = re.search(r"^Commands:\n((?:  .*\n)+)", text, re.M)
    return re.findall(r"(\w+): ", listed.group(1)) if listed else []


def help_text(*words):
    return subprocess.run([*words, "--help"], capture_output=True, text=True, check=True).stdout


def page_options(text):
    """Option name -> text of its entry, from a rendered page. Tags are the least indented options."""
    lines = [line for line in text.splitlines()]
    tags = [(i, len(line) - len(line.lstrip())) for i, line in enumerate(lines)
            if re.match(r"\s+-{1,2}[A-Za-z]", line)]
    if not tags:
        return {}
    indent = min(width for _, width in tags)
    starts = [i for i, width in tags if width == indent]
    options = {}
    for i in starts:
        end = next((j for j in range(i + 1, len(lines))
                    if lines[j].strip() and len(lines[j]) - len(lines[j].lstrip()) <= indent), len(lines))
        entry = " ".join(line.strip() for line in lines[i:end])
        tag = re.split(r"  +", lines[i].strip())[0]
        for name in OPTION.findall(tag):
            options[name] = entry
    return options


def differences(helped, paged):
    for name in sorted(set(helped) - set(paged)):
        yield f"{name} is in --help but not in the page"
    for name in sorted(set(paged) - set(helped)):
        yield f"{name} is in the page but not in --help"
    for name in sorted(set(helped) & set(paged)):
        default = helped[name]
        if default and not re.search(r"(?<![\w.])" + re.escape(default) + r"(?!\w)", paged[name]):
            yield f"{name} has the default [{default}], which the page does not tell"


def main():
    tool, page = sys.argv[1:3]
    helped = help_options(help_text(tool))
    for command in commands(help_text(tool)):
        helped.update(help_options(help_text(tool, command)))
    rendered = subprocess.run(["mandoc", "-T", "ascii", "-O", "width=200", page],
                              capture_output=True, text=True).stdout
    faults = list(differences(helped, page_options(re.sub(".\b", "", rendered))))
    if not helped:
        faults.append("--help shows no option at all")
    for fault in faults:
        print(f"{page}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
