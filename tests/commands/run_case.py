#!/usr/bin/env python3
"""Runs one command test: a bash script and what it must say.

usage: run_case.py --tools DIR [--update] [--keep] CASE.sh

The script runs in an empty folder with the tools first in PATH. Its stdout must be CASE.out, its
stderr CASE.err, its exit status the number in CASE.exit; a file that is not there means nothing
was said, and 0. Status 77 skips the case, its last line says why. WEIR_MEDIA is passed on when set
or when the folder ../shared/media lies beside the checkout. --update rewrites the expectations,
--keep leaves the folder.
"""
import argparse
import difflib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

SKIPPED = 77
CASES = pathlib.Path(__file__).resolve().parent


def environment(tools):
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "CASES": str(CASES)}
    media = CASES.parents[2] / "shared" / "media"
    if "WEIR_MEDIA" not in env and media.is_dir():
        env["WEIR_MEDIA"] = str(media)
    return env


def run(case, folder, env, timeout):
    """(exit status, stdout, stderr); a case that takes too long is killed with all it started."""
    script = f'. "$CASES/lib.sh"; . "{case}"'
    with open(folder.with_suffix(".out"), "wb+") as out, open(folder.with_suffix(".err"), "wb+") as err:
        process = subprocess.Popen(["bash", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                                   stdout=out, stderr=err, start_new_session=True)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = f"none after {timeout} s"
        try:
            os.killpg(process.pid, signal.SIGKILL)  # also what it left in the background
        except ProcessLookupError:
            pass
        process.wait()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
            os.unlink(stream.name)
    return status, texts[0], texts[1]


def expected(case):
    def text(suffix):
        path = case.with_suffix(suffix)
        return path.read_text() if path.exists() else ""
    return int(text(".exit") or 0), text(".out"), text(".err")


def update(case, status, out, err):
    for suffix, text in ((".out", out), (".err", err), (".exit", f"{status}\n" if status else "")):
        path = case.with_suffix(suffix)
        if text:
            path.write_text(text)
        elif path.exists():
            path.unlink()


def report(case, wanted, got, tools):
    for name, want, have in zip(("stdout", "stderr"), wanted[1:], got[1:]):
        sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), have.splitlines(True),
                                                   f"{name} expected", f"{name} seen"))
    if wanted[0] != got[0]:
        print(f"exit status expected {wanted[0]}, seen {got[0]}")
    print(f"\nto repeat: python3 {CASES / 'run_case.py'} --keep --tools {tools} {case}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("case", type=pathlib.Path)
    options = parser.parse_args()
    case, tools = options.case.resolve(), os.path.abspath(options.tools)
    base = pathlib.Path(tempfile.mkdtemp(prefix="weir-case-"))
    (base / "work").mkdir()
    got = run(case, base / "work", environment(tools), options.timeout)
    if options.keep:
        print(f"kept: {base / 'work'}")
    else:
        shutil.rmtree(base, ignore_errors=True)
    if got[0] == SKIPPED:
        print("skipped:", got[1].splitlines()[-1] if got[1] else "no reason given")
        return SKIPPED
    if options.update and isinstance(got[0], int):
        update(case, *got)
        return 0
    wanted = expected(case)
    if got != wanted:
        report(case, wanted, got, tools)
    return 0 if got == wanted else 1


if __name__ == "__main__":
    sys.exit(main())
