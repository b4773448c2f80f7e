"""The plot: CPU seconds against quality, ffmpeg's presets at Weir's rates and Weir, as SVG."""
import math
import statistics

from html import escape

from ladder_lib.compare import ladder_quality
from ladder_lib.curve import Point, efficient

WIDTH, HEIGHT = 760, 480
LEFT, RIGHT, TOP, BOTTOM = 76, 28, 62, 60
FFMPEG, WEIR, INK, GRID = "#3465a4", "#c4361c", "#333333", "#dddddd"


class Axis:
    """Values to pixels, with ticks at round numbers."""

    def __init__(self, values, start, end):
        low, high = min(values), max(values)
        margin = (high - low or abs(low) or 1) * 0.15
        self.low, self.high, self.start, self.end = low - margin, high + margin, start, end

    def at(self, value):
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        rough = (self.high - self.low) / 6
        unit = 10 ** math.floor(math.log10(rough))
        step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        return [(i * step, f"{i * step:.{digits}f}")
                for i in range(math.ceil(self.low / step), math.floor(self.high / step) + 1)]


def line(x1, y1, x2, y2, color, more=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" {more}/>'


def words(x, y, text, more="", color=INK):
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" {more}>{escape(text)}</text>'


def dot(x, y, color, label, more="", dx=10, dy=18):
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{color}"/>' + words(x + dx, y + dy, label, more, color)


def preset_dot(x, y, point):
    """Right of and below a point the curve never is; at the right edge there is room above only."""
    place = {"more": 'text-anchor="end"', "dx": 0, "dy": -10} if x > WIDTH * 0.75 else {}
    return dot(x, y, FFMPEG, f"ffmpeg {point.name}", **place)


def weir_dot(x, y, label):
    place = {"more": 'text-anchor="end"', "dx": -10} if x > WIDTH / 2 else {"dx": 0}
    return dot(x, y, WEIR, label, dy=-10, **place)


def frame(x, y):
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for value, label in x.ticks():
        parts += [line(x.at(value), TOP, x.at(value), bottom, GRID),
                  words(x.at(value), bottom + 20, label, 'text-anchor="middle"')]
    for value, label in y.ticks():
        parts += [line(LEFT, y.at(value), right, y.at(value), GRID),
                  words(LEFT - 8, y.at(value) + 4, label, 'text-anchor="end"')]
    parts += [line(LEFT, bottom, right, bottom, INK), line(LEFT, TOP, LEFT, bottom, INK)]
    parts.append(words((LEFT + right) / 2, HEIGHT - 14, "CPU seconds for the whole ladder", 'text-anchor="middle"'))
    middle = (TOP + bottom) / 2
    parts.append(words(20, middle, "mean SSIM, dB", f'text-anchor="middle" transform="rotate(-90 20 {middle:.1f})"'))
    return parts


def svg(answer, title):
    points = [Point(name, ladder_quality(at.renditions), statistics.median(at.cpu_s))
              for name, at in answer.presets.items()]
    weir = Point("Weir", answer.quality, answer.cpu.weir_s)
    equal = Point("equal", answer.quality, answer.cpu.ffmpeg_s)
    everything = [*points, weir, equal]
    x = Axis([point.cost for point in everything], LEFT, WIDTH - RIGHT)
    y = Axis([point.quality for point in everything], HEIGHT - BOTTOM, TOP)
    note = ", extrapolated" if answer.cpu.crossing.extrapolated else ""
    parts = frame(x, y)
    parts += curve_lines(efficient([*points, equal]) if note else efficient(points), x, y)
    parts.append(line(x.at(weir.cost), y.at(weir.quality), x.at(equal.cost), y.at(equal.quality), WEIR,
                      'stroke-dasharray="5 4"'))
    parts += [preset_dot(x.at(point.cost), y.at(point.quality), point) for point in points]
    parts.append(weir_dot(x.at(weir.cost), y.at(weir.quality), f"Weir: {answer.cpu.ratio[0]:.2f} of the CPU{note}"))
    heading = [words(LEFT, 28, title, 'font-size="16" font-weight="bold"'),
               words(LEFT, 48, "ffmpeg's presets brought to Weir's bit rates; up and to the left is better")]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">\n'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>\n' + "\n".join(heading + parts) + "\n</svg>\n")


def curve_lines(curve, x, y):
    """Between two points the logarithm of the cost is linear in quality, so the line bends."""
    path = []
    for a, b in zip(curve, curve[1:]):
        for i in range(17):
            quality = a.quality + (b.quality - a.quality) * i / 16
            path.append(f"{x.at(a.cost * (b.cost / a.cost) ** (i / 16)):.1f},{y.at(quality):.1f}")
    return [f'<polyline points="{" ".join(path)}" fill="none" stroke="{FFMPEG}" stroke-width="2"/>']
