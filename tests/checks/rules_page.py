#!/usr/bin/env python3
"""The list of rules in the page of probe is the list that probe --rules prints.

usage: rules_page.py PROBE PAGE [--update]
"""
import json
import re
import subprocess
import sys

SECTION = re.compile(r"(?<=^\.Bl -tag -width Ds\n)(?:^\.It Sy .*?)?(?=^\.El\n\.Sh EXIT STATUS)", re.M | re.S)
ALL = 6


def sentences(text):
    """A sentence a line, as man pages want it; a line must not begin like a macro."""
    lines = re.sub(r"([.?]) (?=[A-Z])", r"\1\n", text if text.endswith(".") else text + ".")
    return "\n".join("\\&" + line if line[0] in ".'" else line for line in lines.split("\n"))


def entry(rule):
    words = [rule["severity"]]
    if len(rule["platforms"]) < ALL:
        words.append("on " + " ".join(rule["platforms"]))
    if not rule["decided"]:
        words.append("not decided")
    return f".It Sy {rule['id']} No ({', '.join(words)})\n{sentences(rule['title'])}\n{sentences(rule['reason'])}\n"


def main():
    probe, path = sys.argv[1:3]
    rules = json.loads(subprocess.run([probe, "--rules", "--json"], capture_output=True, check=True).stdout)["rules"]
    wanted = "".join(entry(rule) for rule in rules)
    with open(path) as page:
        text = page.read()
    start = text.index(".Sh CHECKS")
    head, tail = text[:start], text[start:]
    updated = head + SECTION.sub(lambda _: wanted, tail, count=1)
    if updated == text:
        return 0
    if "--update" in sys.argv:
        with open(path, "w") as page:
            page.write(updated)
        return 0
    print(f"{path}: the list of rules is not that of --rules; run {sys.argv[0]} {probe} {path} --update")
    return 1


sys.exit(main())
