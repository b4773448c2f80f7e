"""The arithmetic of the comparison: percentiles, and what a curve says between its points.

A curve is a list of Points, one for each preset of an encoder. Cost is CPU or wall time; along a
curve its logarithm is taken to be linear in quality, and quality to be linear in the logarithm of
the bit rate.
"""
import math
from typing import NamedTuple

BEST_SSIM_DB = 70.0  # the stats of a perfect picture say 1.000000, which has no logarithm
SAME_RATE = 0.01     # two rates closer than this give no slope to speak of


class Point(NamedTuple):
    name: str
    quality: float
    cost: float


class Crossing(NamedTuple):
    """Where a curve has a wanted quality: `share` of the way from point `low` to point `high`."""
    cost: float
    low: str
    high: str
    share: float

    @property
    def extrapolated(self):
        return not 0 <= self.share <= 1


def percentile(values, percent):
    """The value below which `percent` of the values lie, linear between neighbours."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return mix(ordered[below], ordered[above], place - below)


def ssim_db(ssim):
    return min(BEST_SSIM_DB, -10 * math.log10(max(1 - ssim, 1e-12)))


def mix(a, b, share):
    return a + (b - a) * share if a != b else a


def mix_log(a, b, share):
    return math.exp(mix(math.log(a), math.log(b), share))


def rate_share(rate, low, high):
    """How far `rate` is from `low` to `high` on a logarithmic scale; half where they are the same."""
    span = math.log(high / low)
    return math.log(rate / low) / span if abs(span) >= SAME_RATE else 0.5


def efficient(points):
    """The points worth their cost, cheapest first: no cheaper point is as good."""
    kept = []
    for point in sorted(points, key=lambda p: (p.cost, -p.quality)):
        if not kept or point.quality > kept[-1].quality:
            kept.append(point)
    return kept


def equal_quality(points, quality):
    """The Crossing at `quality`; beyond the ends the first or last two points are extended.

    With one efficient point left there is no slope, and that point is the answer.
    """
    curve = efficient(points)
    if len(curve) == 1:
        share = math.inf if quality > curve[0].quality else 0 if quality == curve[0].quality else -math.inf
        return Crossing(curve[0].cost, curve[0].name, curve[0].name, share)
    above = next((i for i in range(1, len(curve) - 1) if curve[i].quality >= quality), len(curve) - 1)
    low, high = curve[above - 1], curve[above]
    share = (quality - low.quality) / (high.quality - low.quality)
    return Crossing(mix_log(low.cost, high.cost, share), low.name, high.name, share)
