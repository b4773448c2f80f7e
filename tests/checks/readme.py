#!/usr/bin/env python3
"""Runs the examples of the README: every ```sh block that follows a line `<!-- run -->`.

usage: readme.py README TOOLS   Blocks run one after the other in one empty folder that holds
talk.mp4, five seconds of picture and sound.
"""
import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^<!-- run -->\n```sh\n(.*?)^```$", re.M | re.S)
SAMPLE = ("ffmpeg -v error -f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=440:r=48000 -t 5 "
          "-c:v libx264 -preset ultrafast -g 50 -pix_fmt yuv420p -c:a aac -ac 2 talk.mp4")


def main():
    readme, tools = sys.argv[1], os.path.abspath(sys.argv[2])
    blocks = BLOCK.findall(open(readme).read())
    if not blocks:
        print(f"{readme}: no example is marked to be run")
        return 1
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory(prefix="weir-readme-") as folder:
        for script in [SAMPLE, *blocks]:
            print(script, flush=True)
            status = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder, env=environment,
                                    stdin=subprocess.DEVNULL).returncode
            if status != 0:
                print(f"{readme}: this example ends with status {status}")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
