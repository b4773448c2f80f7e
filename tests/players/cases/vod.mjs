// Video on demand: from the first picture to the last, with a change of rendition and seeks.
import * as expect from "../harness/expect.mjs";
import { ladder } from "../harness/media.mjs";

const SECONDS = 12;

/** Plays all of it, then seeks. `change` forces the other rendition after 3 s. */
export async function whole(test, options, { change = true, ...more } = {}) {
  await ladder(test, SECONDS);
  await test.shell(`hls-segment -o out --log-level warning ${options} ladder.nut`);
  const player = await test.play("hls", "out/master.m3u8", { listen: true, ...more });
  if (change) {
    const first = await player.until(({ media, heights }) => media > 3 && heights.length > 0, 20);
    const shown = first.levels.at(-1)?.height;
    await player.evaluate((level) => page.force(level), first.heights.findIndex((height) => height !== shown));
  }
  const figures = await player.until(({ ended, errors }) => ended || errors.some(({ fatal }) => fatal), SECONDS + 20);
  test.check(figures.ended, `it stands at ${figures.media.toFixed(2)} s of ${figures.duration}`);
  expect.smooth(test, figures, more.allowed);
  expect.moves(test, figures);
  expect.keeps_time(test, figures);
  const offset = expect.right_pictures(test, figures, { least: SECONDS * 3 });
  if (more.sound ?? true) expect.in_step(test, figures, { offset, least: SECONDS - 2 });
  if (change) {
    const heights = [...new Set(figures.levels.map(({ height }) => height))];
    test.check(heights.length === 2, `only these heights were shown: ${heights}`);
  }
  await expect.seeks(test, player, [7.3, 0.5, 10.5, 4.0], { offset });
  expect.no_misses(test);
  return { player, figures };
}

// hls.js 1.7.4 counts the first segment of sound in MPEG-TS as not appended when pictures have a delay
// for their order; it says so, and goes on. It says the same of what ffmpeg writes.
const first_sound = { errors: ({ details, name }) => details === "bufferAppendNoProgress" && name?.endsWith("seg-00000.ts") };

async function smoke(test) {
  await ladder(test, 4);
  await test.shell("hls-segment -o out --log-level warning ladder.nut");
  const player = await test.play("hls", "out/master.m3u8");
  const figures = await player.until(({ ended, errors }) => ended || errors.some(({ fatal }) => fatal), 20);
  test.check(figures.ended, `it stands at ${figures.media.toFixed(2)} s of ${figures.duration}`);
  expect.smooth(test, figures, { stalls: 1 });
  expect.moves(test, figures, { dropped: 0.5 });
  expect.right_pictures(test, figures, { least: 4 });
}

export default [
  { name: "smoke", what: "four seconds of VOD, for scripts/test", run: smoke },
  { name: "vod-fmp4", what: "VOD, fMP4", run: (test) => whole(test, "") },
  { name: "vod-ts", what: "VOD, MPEG-TS", run: (test) => whole(test, "--type ts", { allowed: first_sound }) },
];
