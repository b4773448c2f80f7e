"""Quality of a side's renditions against the source, at each rendition's own size.

The reference is the source scaled bicubic, once by swscale and once by zscale; what was scaled by
one of them looks better against that one, so the better of the two counts. Pictures are matched by
number.
"""
import json
import math
import pathlib
import re
import statistics

from typing import NamedTuple

from ladder_lib.curve import percentile, ssim_db
from ladder_lib.media import Failure, Picture, look, run

SCALERS = {"swscale": "scale={w}:{h}:flags=bicubic", "zscale": "zscale={w}:{h}:filter=bicubic"}
NUMBERED = "settb=1/25,setpts=N"
TAIL = 5  # percent


class Frames(NamedTuple):
    """A number for every picture, in order; vmaf is empty where it cannot be measured."""
    ssim: list
    psnr: list
    vmaf: list


class Quality(NamedTuple):
    """One rendition of one side."""
    bps: float
    ssim_db: float     # of the mean SSIM, luma and chroma together
    ssim_p5_db: float  # of the 5th percentile
    psnr_db: float     # of the mean square error
    psnr_p5_db: float
    vmaf: float        # NaN where it is not measured
    vmaf_p5: float


class Source(NamedTuple):
    """What both sides read."""
    path: pathlib.Path
    picture: Picture
    frames: int  # a decoder makes of it


class Measured(NamedTuple):
    quality: Quality
    reference: str
    frames: Frames
    key_frames: tuple


def metrics_of(ffmpeg):
    """The metrics this ffmpeg has; without SSIM, PSNR and zscale there is no benchmark."""
    known = {line.split()[1] for line in run([ffmpeg, "-hide_banner", "-filters"], "no filters").splitlines()
             if len(line.split()) > 2}
    missing = {"ssim", "psnr", "zscale"} - known
    if missing:
        raise Failure(f"'{ffmpeg}' has no filter {', '.join(sorted(missing))}; name another one with --measure-with")
    return ["ssim", "psnr"] + (["libvmaf"] if "libvmaf" in known else [])


def references(source, picture):
    """Where nothing is scaled the source itself is the reference."""
    same = (source.width, source.height) == (picture.width, picture.height)
    return ["swscale"] if same else list(SCALERS)


def filter_of(metric, log):
    if metric == "libvmaf":
        return f"libvmaf=log_fmt=json:log_path={log}:n_threads=2"
    return f"{metric}=stats_file={log}"


def graph_of(source, pictures, metrics):
    """A chain for each rendition: the metrics of each reference one after the other, since every
    metric hands on the picture it was given. Logs are named RENDITION_REFERENCE_METRIC."""
    parts, sources = [], []
    for i, picture in enumerate(pictures):
        parts.append(f"[{i + 1}:v]{NUMBERED},format=yuv420p[d{i}]")
        at = f"d{i}"
        for scaler in references(source, picture):
            name = f"{i}_{scaler}"
            sources.append(f"[{name}]")
            parts.append(f"[{name}]{SCALERS[scaler].format(w=picture.width, h=picture.height)},format=yuv420p,"
                         f"split={len(metrics)}" + "".join(f"[{name}_{metric}]" for metric in metrics))
            for metric in metrics:
                parts.append(f"[{at}][{name}_{metric}]{filter_of(metric, f'{name}_{metric}')}[d{name}_{metric}]")
                at = f"d{name}_{metric}"
        parts.append(f"[{at}]null[o{i}]")
    return ";".join([f"[0:v]{NUMBERED},split={len(sources)}{''.join(sources)}"] + parts)


def read_log(path, metric):
    text = path.read_text()
    if metric == "libvmaf":
        return [frame["metrics"]["vmaf"] for frame in json.loads(text)["frames"]]
    key = {"ssim": "All", "psnr": "psnr_avg"}[metric]
    return [float(value) for value in re.findall(rf"\b{key}:(\S+)", text)]


def mean_psnr(psnr):
    error = statistics.fmean(10 ** (-value / 10) for value in psnr)
    return -10 * math.log10(error) if error else math.inf


def summary(bps, frames):
    vmaf = frames.vmaf or [math.nan]
    return Quality(bps, ssim_db(statistics.fmean(frames.ssim)), ssim_db(percentile(frames.ssim, TAIL)),
                   mean_psnr(frames.psnr), percentile(frames.psnr, TAIL), statistics.fmean(vmaf), percentile(vmaf, TAIL))


def read_frames(folder, name, metrics):
    logs = {metric: read_log(folder / f"{name}_{metric}", metric) for metric in metrics}
    return Frames(logs["ssim"], logs["psnr"], logs.get("libvmaf", []))


def measure(ffmpeg, metrics, source, paths, folder):
    """Measures the files at `paths` in one run of ffmpeg, which logs into the folder."""
    pictures = [look(path) for path in paths]
    for path, picture in zip(paths, pictures):
        expect_frames(path, "packets", picture.packets, source.frames)
    inputs = [word for path in (source.path, *paths) for word in ("-i", path)]
    maps = [word for i in range(len(paths)) for word in ("-map", f"[o{i}]")]
    run([ffmpeg, "-v", "error", "-nostdin", *inputs, "-filter_complex", graph_of(source.picture, pictures, metrics),
         *maps, "-fps_mode", "passthrough", "-f", "null", "-"], f"cannot measure '{paths[0].parent}'", cwd=folder)
    return [best_of(source, path, picture, i, metrics, folder)
            for i, (path, picture) in enumerate(zip(paths, pictures))]


def best_of(source, path, picture, i, metrics, folder):
    found = []
    for scaler in references(source.picture, picture):
        frames = read_frames(folder, f"{i}_{scaler}", metrics)
        for metric, values in frames._asdict().items():
            if values or metric != "vmaf":
                expect_frames(path, f"{metric} values", len(values), source.frames)
        found.append(Measured(summary(picture.bits / source.picture.seconds, frames), scaler, frames, picture.key_frames))
    return max(found, key=lambda measured: measured.quality.ssim_db)


def expect_frames(path, what, count, wanted):
    if count != wanted:
        raise Failure(f"'{path.parent.name}/{path.name}' has {count} {what}, the source {wanted} pictures")
