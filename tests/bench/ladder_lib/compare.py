"""From runs and measurements to the answer: what ffmpeg would cost at Weir's rate and quality.

1. For each preset, ffmpeg's quality of every rendition is brought to the real rate Weir gave it,
   and CPU and wall time to Weir's sum of rates, from the points at 0.95 and 1.05 of the rate.
2. The quality of a ladder is the mean over renditions of the SSIM in decibels. The presets are a
   curve of cost over that quality; where it has Weir's quality, ffmpeg's cost is read.
3. A ratio is Weir's cost by that cost, within one round of runs; the median over rounds counts.
"""
import statistics

from typing import NamedTuple

from ladder_lib import curve
from ladder_lib.encode import FACTORS, WEIR
from ladder_lib.measure import Quality

FAR = 0.5  # of the distance between the two rates, beyond which an extrapolated rate is reported


class AtRate(NamedTuple):
    """A preset of ffmpeg at Weir's rates."""
    renditions: list  # Quality of each
    cpu_s: list       # of each round
    wall_s: list


class Equal(NamedTuple):
    """A cost at equal quality; ratio is (median, smallest, largest) of the rounds."""
    ffmpeg_s: float
    weir_s: float
    ratio: tuple
    crossing: curve.Crossing


class Rendition(NamedTuple):
    weir: Quality
    ffmpeg: Quality  # at the point where the ladders are equal
    alone: Equal     # CPU of the whole ladder, but equal in this rendition's quality


class Answer(NamedTuple):
    presets: dict     # name to AtRate
    quality: float    # of Weir's ladder
    cpu: Equal
    wall: Equal
    renditions: list
    notes: list


def ladder_quality(qualities):
    return statistics.fmean(quality.ssim_db for quality in qualities)


def mix_quality(low, high, share):
    return Quality(*(curve.mix(a, b, share) for a, b in zip(low, high)))


def compare(usages, measured, names, presets):
    """`usages` has a list of Usage, one a round, and `measured` a list of Measured, one a rendition
    of `names`, for each side's name."""
    weir = [m.quality for m in measured[WEIR.name]]
    notes = notes_on_runs(usages, measured, names)
    at_rate = {preset: preset_at_rate(preset, weir, usages, measured, names, notes) for preset in presets}
    quality = ladder_quality(weir)
    axis = {preset: ladder_quality(at.renditions) for preset, at in at_rate.items()}
    cpu = equal_cost(at_rate, axis, quality, [usage.cpu_s for usage in usages[WEIR.name]], "cpu_s")
    wall = equal_cost(at_rate, axis, quality, [usage.wall_s for usage in usages[WEIR.name]], "wall_s")
    notes += notes_on_curve(at_rate, axis, quality, cpu)
    renditions = [rendition(i, weir[i], at_rate, cpu, usages) for i in range(len(names))]
    return Answer(at_rate, quality, cpu, wall, renditions, notes)


def preset_at_rate(preset, weir, usages, measured, names, notes):
    low, high = (f"{preset} {factor:.2f}" for factor in FACTORS)
    renditions = []
    for name, mine, a, b in zip(names, weir, measured[low], measured[high]):
        share = curve.rate_share(mine.bps, a.quality.bps, b.quality.bps)
        if not -FAR <= share <= 1 + FAR:
            notes.append(f"{preset} {name}: Weir's rate of {mine.bps / 1e3:.0f} kb/s is far outside ffmpeg's "
                         f"{a.quality.bps / 1e3:.0f} to {b.quality.bps / 1e3:.0f}")
        renditions.append(mix_quality(a.quality, b.quality, share)._replace(bps=mine.bps))
    total, total_low, total_high = (sum(quality.bps for quality in side) for side in (
        weir, [m.quality for m in measured[low]], [m.quality for m in measured[high]]))
    share = curve.rate_share(total, total_low, total_high)
    return AtRate(renditions, *([curve.mix(getattr(a, cost), getattr(b, cost), share)
                                 for a, b in zip(usages[low], usages[high])] for cost in ("cpu_s", "wall_s")))


def equal_cost(at_rate, axis, quality, weir_costs, cost):
    """`axis` is the quality of each preset, `cost` names the costs of AtRate."""
    def crossing(cost_of):
        return curve.equal_quality([curve.Point(preset, axis[preset], cost_of(getattr(at, cost)))
                                    for preset, at in at_rate.items()], quality)
    ratios = [mine / crossing(lambda costs, i=i: costs[i]).cost for i, mine in enumerate(weir_costs)]
    middle = crossing(statistics.median)
    return Equal(middle.cost, statistics.median(weir_costs), (statistics.median(ratios), min(ratios), max(ratios)), middle)


def rendition(i, weir, at_rate, cpu, usages):
    at = cpu.crossing
    share = at.share if at.low != at.high else 0
    ffmpeg = mix_quality(at_rate[at.low].renditions[i], at_rate[at.high].renditions[i], share)
    axis = {preset: point.renditions[i].ssim_db for preset, point in at_rate.items()}
    alone = equal_cost(at_rate, axis, weir.ssim_db, [usage.cpu_s for usage in usages[WEIR.name]], "cpu_s")
    return Rendition(weir, ffmpeg, alone)


def notes_on_runs(usages, measured, names):
    notes = []
    for side, runs in usages.items():
        if len({run.sha256 for run in runs}) > 1:
            notes.append(f"{side}: the bytes differ from run to run; quality is that of the last run")
    for side, renditions in measured.items():
        odd = [name for name, mine, weir in zip(names, renditions, measured[WEIR.name])
               if mine.key_frames != weir.key_frames]
        if odd:
            notes.append(f"{side}: key frames on other pictures than Weir's in {', '.join(odd)}")
    return notes


def notes_on_curve(at_rate, axis, quality, cpu):
    points = [curve.Point(preset, axis[preset], statistics.median(at.cpu_s)) for preset, at in at_rate.items()]
    kept = curve.efficient(points)
    notes = [f"{point.name} is left out of the curve: a cheaper preset is as good" for point in points if point not in kept]
    if cpu.crossing.extrapolated:
        nearest = kept[-1] if quality > kept[-1].quality else kept[0]
        notes.append(f"Weir's quality of {quality:.3f} dB is outside ffmpeg's curve, {kept[0].quality:.3f} to "
                     f"{kept[-1].quality:.3f} dB, and the ratio is extrapolated; of {nearest.name}'s CPU, "
                     f"{quality - nearest.quality:+.3f} dB away, Weir takes {cpu.weir_s / nearest.cost:.2f}")
    return notes
