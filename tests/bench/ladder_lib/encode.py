"""The two sides: the ladder, their command lines, and a run under the clock."""
import hashlib
import os
import subprocess
import time
import tomllib

from typing import NamedTuple

from ladder_lib.media import Failure

GOP = 2      # seconds
SEGMENT = 6  # seconds
FACTORS = (0.95, 1.05)  # of the rate, where ffmpeg's quality is measured
DEFAULT_LADDER = (("1080p", 1920, 1080, 3_000_000), ("720p", 1280, 720, 1_800_000),
                  ("480p", 854, 480, 900_000), ("360p", 640, 360, 500_000))


class Rung(NamedTuple):
    name: str
    width: int
    height: int
    bitrate: int      # bits per second
    max_bitrate: int  # bits per second
    buffer: int       # bits


class Side(NamedTuple):
    """One command of the benchmark: Weir, or ffmpeg with a preset at a share of the rate."""
    name: str
    preset: str
    factor: float


class Usage(NamedTuple):
    """What one run took."""
    cpu_s: float
    wall_s: float
    peak_bytes: int
    sha256: str  # over all its files


WEIR = Side("weir", "", 1.0)


def sides(presets):
    return [WEIR] + [Side(f"{preset} {factor:.2f}", preset, factor) for preset in presets for factor in FACTORS]


def bits(text):
    """A rate as ladder files write it: 3000000, "3M", "500k"."""
    scale = {"k": 1e3, "K": 1e3, "M": 1e6}.get(str(text)[-1])
    return round(float(str(text)[:-1]) * scale) if scale else int(text)


def make_rung(name, width, height, bitrate, max_bitrate=None, buffer=None, **_):
    rate = bits(bitrate)
    return Rung(name, width, height, rate, bits(max_bitrate or rate * 3 // 2), bits(buffer or rate * GOP))


def default_ladder():
    return [make_rung(*rung) for rung in DEFAULT_LADDER]


def read_ladder(path):
    try:
        with open(path, "rb") as file:
            return [make_rung(**rung) for rung in tomllib.load(file)["rendition"]]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise Failure(f"cannot read the ladder '{path}': {error}") from error


def write_ladder(ladder, path):
    lines = []
    for rung in ladder:
        lines.append("[[rendition]]")
        lines += [f'{key} = "{value}"' if key == "name" else f"{key} = {value}" for key, value in rung._asdict().items()]
    path.write_text("\n".join(lines) + "\n")


def weir_command(tool, clip, ladder_file, folder, more):
    return [str(tool), str(clip), "--ladder", str(ladder_file), "--gop", f"{GOP}s", "--segment", f"{SEGMENT}s",
            "--no-audio", "-o", f"{folder}/{{rendition}}.mp4", *more]


def ffmpeg_command(ffmpeg, clip, ladder, side, folder, scaler, more):
    """One decoder, one split, one scaler and one x264 for each rendition."""
    scale = {"swscale": "scale={w}:{h}:flags=bicubic", "zscale": "zscale={w}:{h}:filter=bicubic"}[scaler]
    graph = [f"[0:v]split={len(ladder)}" + "".join(f"[s{i}]" for i in range(len(ladder)))]
    outputs = []
    for i, rung in enumerate(ladder):
        graph.append(f"[s{i}]{scale.format(w=rung.width, h=rung.height)},format=yuv420p[v{i}]")
        outputs += ["-map", f"[v{i}]", "-an", "-fps_mode", "passthrough", "-c:v", "libx264", "-preset", side.preset,
                    "-profile:v", "high", "-b:v", round(rung.bitrate * side.factor), "-maxrate", rung.max_bitrate,
                    "-bufsize", rung.buffer, "-force_key_frames", f"expr:gte(t,n_forced*{GOP})",
                    "-g", 1000000, "-keyint_min", 1000000, *more, f"{folder}/{rung.name}.mp4"]
    return [str(word) for word in (ffmpeg, "-v", "error", "-nostdin", "-y", "-i", clip,
                                   "-filter_complex", ";".join(graph), *outputs)]


def last_words(log):
    return (log.read_text(errors="replace").strip().splitlines() or ["no message"])[-1]


def timed(command, name, folder):
    """Runs the command, which writes its files into the folder, and returns its Usage."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    log = folder.parent / "stderr.txt"
    with open(log, "wb") as words:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=words)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise Failure(f"{name}: status {process.returncode}: {last_words(log)}; the command: {' '.join(command)}")
    return Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, digest(folder))


def digest(folder):
    sha = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        sha.update(path.name.encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()
