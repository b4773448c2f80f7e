"""Slides with a small camera picture beside them: what a launch looks like, made by ffmpeg alone."""
from ladder_lib.media import run

WIDTH, HEIGHT, RATE = 1920, 1080, 24
SLIDE = 5   # seconds
FADE = 0.5  # seconds, into every other slide; the rest are cuts
INK = (("0x10243e", "white"), ("0xf4f1ea", "0x202020"), ("0x1d1d1f", "white"), ("0x0b3d2e", "0xe8f5e9"),
       ("white", "0x101010"), ("0x2b1a3f", "0xf3e5f5"))
WHOM = ("viewers", "makers", "the network", "everyone", "the team", "our plans")


def text(words, size, colour, x, y):
    return f"drawtext=text='{words}':fontsize={size}:fontcolor={colour}:x={x}:y={y}"


def slide(i, seconds):
    """A title, six lines and a bar; every other background is a gradient."""
    paper, ink = INK[i % len(INK)]
    other = paper if i % 2 else "0x4060a0"
    parts = [f"gradients=s={WIDTH}x{HEIGHT}:r={RATE}:nb_colors=2:c0={paper}:c1={other}:x0=0:y0=0:x1={WIDTH}:y1={HEIGHT}"
             f":d={seconds}:speed=0.00001:seed={i + 1}", text(f"Slide {i + 1} of the launch", 96, ink, 120, 90)]
    for k in range(6):
        words = f"{k + 1}. What we measured in week {i * 7 + k * 3} and why it matters to {WHOM[(i + k) % len(WHOM)]}"
        parts.append(text(words, 44, ink, 150, 280 + k * 95))
    parts.append(f"drawbox=x=980:y=900:w={80 + 40 * i}:h=60:color=0xe07020:t=fill")
    return ",".join(parts) + f",format=yuv420p,settb=1/{RATE},fps={RATE}"


def graph(slides):
    """The slides one after the other, and over them something soft and noisy that never rests."""
    chains = [f"{slide(i, SLIDE + (FADE if i + 1 < slides else 0))}[s{i}]" for i in range(slides)]
    for i in range(1, slides):
        before = "s0" if i == 1 else f"x{i - 1}"
        fade = FADE if i % 2 else 1 / RATE
        chains.append(f"[{before}][s{i}]xfade=transition=fade:duration={fade}:offset={i * SLIDE}[x{i}]")
    length = slides * SLIDE
    chains.append(f"mandelbrot=s=480x360:r={RATE}:end_pts=1500,format=yuv420p,gblur=sigma=3,"
                  f"noise=alls=3:allf=t:all_seed=7,trim=duration={length}[camera]")
    chains.append(f"[x{slides - 1}][camera]overlay=1380:660:shortest=1,trim=duration={length}[out]")
    return ";".join(chains)


def make(ffmpeg, path, slides=6):
    run([ffmpeg, "-v", "error", "-nostdin", "-y", "-filter_complex", graph(slides), "-map", "[out]", "-c:v", "libx264",
         "-preset", "veryfast", "-crf", "16", "-threads", "1", path], "cannot make the slides")
    return path
