#!/usr/bin/env python3
"""Prints what the demo made, a row a rendition.

usage: demo_table.py MASTER.m3u8 MILLISECONDS   (how long the whole chain took)
"""
import json
import pathlib
import subprocess
import sys


def report(path):
    return json.loads(subprocess.run(["probe", "--json", "--progress", "never", str(path)],
                                     capture_output=True, text=True).stdout)


def frames(folder, variant):
    """Pictures of a variant, counted in its media."""
    whole = pathlib.Path(folder / variant["name"]).parent
    joined = whole.parent.parent / "joined.mp4"
    joined.write_bytes(b"".join(p.read_bytes() for p in [whole / "init.mp4", *sorted(whole.glob("*.m4s"))]))
    tracks = report(joined)["tracks"]
    joined.unlink()
    return tracks[0]["packets"]


def main():
    master, took = pathlib.Path(sys.argv[1]), float(sys.argv[2]) / 1000
    rows = [("rendition", "size", "bit rate", "frames", "speed")]
    for variant in report(master)["variants"]:
        name = variant["name"].split("/")[0]
        speed = f"{variant['duration'] / took:.2f}x"
        rate = f"{variant['bitrate'] / 1000:.0f} kb/s"
        picture = variant["kind"] == "variant"
        size = f"{variant['width']}x{variant['height']}" if picture else "-"
        rows.append((name, size, rate, str(frames(master.parent, variant)) if picture else "-", speed))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


if __name__ == "__main__":
    main()
