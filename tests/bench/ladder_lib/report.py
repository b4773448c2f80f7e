"""The results as text and as JSON."""
import math
import statistics

from ladder_lib.compare import ladder_quality
from ladder_lib.encode import WEIR


def table(header, rows):
    """Columns aligned; the first to the left, the others to the right."""
    cells = [header, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    return "\n".join("  ".join(cell.rjust(width) if i else cell.ljust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in cells)


def runs_table(usages, measured):
    def row(name, runs):
        cpu, wall = (statistics.median(getattr(run, cost) for run in runs) for cost in ("cpu_s", "wall_s"))
        spread = max(run.cpu_s for run in runs) / min(run.cpu_s for run in runs) - 1
        qualities = [m.quality for m in measured[name]]
        return [name, f"{cpu:.2f}", f"{spread:.1%}", f"{wall:.2f}", f"{cpu / wall:.2f}",
                f"{max(run.peak_bytes for run in runs) / 2**20:.0f}",
                f"{sum(quality.bps for quality in qualities) / 1e3:.0f}", f"{ladder_quality(qualities):.3f}"]
    return table(["", "CPU s", "spread", "wall s", "CPU/wall", "peak MiB", "kb/s", "SSIM dB"],
                 [row(name, runs) for name, runs in usages.items()])


def quality_table(measured, ladder):
    with_vmaf = not math.isnan(measured[WEIR.name][0].quality.vmaf)
    def row(side, rung, found):
        q = found.quality
        return [f"{side} {rung.name}", f"{rung.width}x{rung.height}", f"{q.bps / 1e3:.0f}",
                f"{q.bps / rung.bitrate - 1:+.1%}", f"{q.ssim_db:.3f}", f"{q.ssim_p5_db:.3f}", f"{q.psnr_db:.2f}",
                f"{q.psnr_p5_db:.2f}", *([f"{q.vmaf:.2f}", f"{q.vmaf_p5:.2f}"] if with_vmaf else []), found.reference]
    header = ["", "size", "kb/s", "of target", "SSIM dB", "5th pct", "PSNR dB", "5th pct",
              *(["VMAF", "5th pct"] if with_vmaf else []), "reference"]
    return table(header, [row(side, rung, m) for side, found in measured.items() for rung, m in zip(ladder, found)])


def at_rate_table(answer, ladder):
    def row(name, cpu, wall, qualities):
        return [name, f"{cpu:.2f}", f"{wall:.2f}", f"{ladder_quality(qualities):.3f}",
                *(f"{quality.ssim_db:.3f}" for quality in qualities)]
    rows = [row(name, statistics.median(at.cpu_s), statistics.median(at.wall_s), at.renditions)
            for name, at in answer.presets.items()]
    rows.append(row("weir", answer.cpu.weir_s, answer.wall.weir_s, [r.weir for r in answer.renditions]))
    return table(["", "CPU s", "wall s", "SSIM dB", *(rung.name for rung in ladder)], rows)


def flag(equal):
    return "extrapolated" if equal.crossing.extrapolated else ""


def equal_table(answer):
    def row(name, equal):
        return [name, f"{equal.weir_s:.2f}", f"{equal.ffmpeg_s:.2f}", "{:.3f}".format(equal.ratio[0]),
                "{1:.3f} to {2:.3f}".format(*equal.ratio), f"{equal.crossing.low}, {equal.crossing.high}", flag(equal)]
    return table(["", "Weir s", "ffmpeg s", "ratio", "of the rounds", "between", ""],
                 [row("CPU", answer.cpu), row("wall", answer.wall)])


def rendition_table(answer, ladder):
    def row(rung, r):
        return [rung.name, f"{r.weir.ssim_db:.3f}", f"{r.weir.ssim_db - r.ffmpeg.ssim_db:+.3f}",
                f"{r.weir.ssim_p5_db:.3f}", f"{r.ffmpeg.ssim_p5_db:.3f}",
                f"{r.weir.ssim_p5_db - r.ffmpeg.ssim_p5_db:+.3f}", f"{r.weir.psnr_db - r.ffmpeg.psnr_db:+.2f}",
                f"{r.alone.ratio[0]:.3f}", flag(r.alone)]
    return table(["", "SSIM dB", "to ffmpeg", "5th pct", "ffmpeg's", "to ffmpeg", "PSNR to ffmpeg", "ratio alone", ""],
                 [row(rung, r) for rung, r in zip(ladder, answer.renditions)])


def text(answer, usages, measured, ladder, facts):
    parts = [
        f"{facts['clip']}, {facts['frames']} pictures, {facts['seconds']:.2f} s; rounds: {facts['rounds']}",
        "Runs (medians; peak is the largest; SSIM dB is the mean over renditions)\n" + runs_table(usages, measured),
        "Quality at the rendition's own size\n" + quality_table(measured, ladder),
        "ffmpeg's presets at Weir's rates\n" + at_rate_table(answer, ladder),
        "Each rendition where ffmpeg's ladder has Weir's mean quality\n" + rendition_table(answer, ladder),
        "The whole ladder at equal quality and equal rate\n" + equal_table(answer)]
    return "\n\n".join(parts + (["\n".join(f"note: {note}" for note in answer.notes)] if answer.notes else []))


def plain(value):
    """Named tuples become objects, what JSON has no number for becomes null."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
