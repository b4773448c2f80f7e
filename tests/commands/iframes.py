"""Decodes every entry of an I-frame playlist: how many pictures come out of it, and of which type?"""
import pathlib
import re
import subprocess
import sys

playlist = pathlib.Path(sys.argv[1])
init, stretch = b"", None
for line in playlist.read_text().splitlines():
    if found := re.match(r'#EXT-X-MAP:URI="(.*)"', line):
        init = (playlist.parent / found[1]).read_bytes()
    elif found := re.match(r"#EXT-X-BYTERANGE:(\d+)@(\d+)", line):
        stretch = int(found[1]), int(found[2])
    elif line and not line.startswith("#"):
        length, offset = stretch
        part = (playlist.parent / line).read_bytes()[offset:offset + length]
        assert len(part) == length, f"{line} ends before {offset} + {length}"
        pathlib.Path("entry.bin").write_bytes(init + part)
        made = subprocess.run(
            ["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries",
             "frame=pict_type,key_frame", "-of", "csv=p=0", "entry.bin"],
            capture_output=True, text=True)
        # The rest of the fragment is missing, which is the point.
        words = [word for word in made.stderr.splitlines() if "partial file" not in word]
        print(line, made.stdout.split(), *words)
