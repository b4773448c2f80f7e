// Video on demand: from the first picture to the last, with a change of rendition and seeks.
import fs from "node:fs";
import * as expect from "../harness/expect.mjs";
import { first_sound_of_ts } from "../harness/hls_js.mjs";
import { ladder } from "../harness/media.mjs";

const SECONDS = 12;

/** Plays `file` until it has ended, or cannot go on. `change` forces the other rendition after 3 s. */
export async function to_the_end(test, player, { change = false, seconds = SECONDS } = {}) {
  if (change) {
    const first = await player.until(({ media, levels }) => media > 3 && levels.length > 0, 20);
    const shown = first.levels.at(-1)?.height;
    await player.evaluate((level) => page.force(level), first.heights.findIndex((height) => height !== shown));
  }
  const figures = await player.until(({ ended, errors }) => ended || errors.some(({ fatal }) => fatal), seconds + 20);
  test.check(figures.ended, `it stands at ${figures.media.toFixed(2)} s of ${figures.duration}`);
  return figures;
}

// How long the first picture of the ladder waits for its turn, which players begin the timeline with.
const REORDERED = -2 / 25;

/**
 * The ladder, packaged with these options, plays whole, in both renditions, and can be searched. A page
 * neither sees nor hears what is not `clear`.
 */
async function whole(test, options, { player: kind = "hls", change = true, clear = true, errors, prepare } = {}) {
  await ladder(test, SECONDS);
  await test.shell(`hls-segment -o out --log-level warning ${options} ladder.nut`);
  const player = await test.play(kind, "out/master.m3u8", { listen: clear, prepare });
  const figures = await to_the_end(test, player, { change });
  expect.smooth(test, figures, { errors });
  expect.moves(test, figures);
  expect.keeps_time(test, figures);
  const offset = clear ? expect.right_pictures(test, figures, { least: SECONDS * 3 }) : REORDERED;
  if (clear) expect.in_step(test, figures, { offset, least: SECONDS - 2 });
  if (change) {
    const heights = [...new Set(figures.levels.map(({ height }) => height))];
    test.check(heights.length === 2, `only these heights were shown: ${heights}`);
  }
  await expect.seeks(test, player, [7.3, 0.5, 10.5, 4.0], { offset });
  expect.no_misses(test);
  return { player, figures };
}

async function smoke(test) {
  await ladder(test, 4);
  await test.shell("hls-segment -o out --log-level warning ladder.nut");
  const player = await test.play("hls", "out/master.m3u8");
  const figures = await to_the_end(test, player, { seconds: 4 });
  expect.smooth(test, figures, { stalls: 1 });
  expect.moves(test, figures, { dropped: 0.5 });
  expect.right_pictures(test, figures, { least: 4 });
}

async function keys_change(test) {
  const { figures } = await whole(test, "--encrypt aes-128 --key-rotation 2 --clear-lead 2s");
  const keys = new Set(test.web.requests().map(({ path }) => path).filter((path) => path.endsWith(".key")));
  test.check(keys.size >= 3, `only ${keys.size} keys were asked for`);
  test.say(`${keys.size} keys`);
  return figures;
}

/** The key ids in the initialization sections, with the keys of the playlists: what a key server knows. */
function keys_of(folder) {
  const found = new Map();
  for (const rendition of fs.readdirSync(folder)) {
    if (!fs.existsSync(`${folder}/${rendition}/index.m3u8`)) continue;
    let key;
    for (const line of fs.readFileSync(`${folder}/${rendition}/index.m3u8`, "utf8").split("\n")) {
      const uri = /URI="([^"]*)"/.exec(line)?.[1];
      if (line.startsWith("#EXT-X-KEY:METHOD=SAMPLE-AES")) key = fs.readFileSync(`${folder}/${rendition}/${uri}`).toString("hex");
      if (!line.startsWith("#EXT-X-MAP") || key === undefined) continue;
      const section = fs.readFileSync(`${folder}/${rendition}/${uri}`);
      const tenc = section.indexOf("tenc");
      if (tenc >= 0) found.set(section.subarray(tenc + 12, tenc + 28).toString("hex"), key);
    }
  }
  return [...found].map(([id, key]) => ({ id, key }));
}

/** Shaka Player takes a key without KEYFORMAT as one for Clear Key. */
function cbcs_in_shaka(test, options) {
  return whole(test, `--encrypt cbcs ${options}`, { player: "shaka", clear: false });
}

// hls.js 1.7.4 takes a key without KEYFORMAT as one to decrypt with by itself, and cannot do so in
// fMP4. It asks Clear Key for KEYFORMAT "org.w3.clearkey" only, and only with an "encrypted" event of
// the video element, for which a 'pssh' box is needed. What it plays are the samples, when it is not
// told of the keys and the page gives them.
async function cbcs_in_hls(test) {
  const prepare = async (tab) => {
    const keys = keys_of(`${test.media}/out`);
    await test.shell("sed -i /EXT-X-KEY/d out/*/index.m3u8; sed -i /EXT-X-SESSION-KEY/d out/master.m3u8");
    await tab.evaluate((given) => page.give_keys(given), keys);
  };
  await whole(test, "--encrypt cbcs --key-rotation 2", { prepare, clear: false });
}

async function sound_only(test) {
  await ladder(test, SECONDS);
  await test.shell("ffmpeg -v error -i ladder.nut -map 0:a -c copy sound.nut && hls-segment -o out --log-level warning --segment 2s sound.nut");
  const player = await test.play("hls", "out/master.m3u8", { listen: true });
  const figures = await to_the_end(test, player);
  expect.smooth(test, figures);
  expect.moves(test, figures, { picture: false });
  expect.keeps_time(test, figures);
  expect.in_step(test, figures, { least: SECONDS - 2 });
  expect.no_misses(test);
}

// hls.js 1.7.4 shows nothing when it goes back to where it was not yet: it removes what lies behind and
// then does not end the stream.
const RISING = [0.5, 1.3, 3.2, 6.5, 10.9];

async function iframes(test) {
  await ladder(test, SECONDS);
  await test.shell("hls-segment -o out --log-level warning ladder.nut");
  const player = await test.play("hls", "out/master.m3u8");
  const figures = await player.until(({ media }) => media > 1, 20);
  test.check(figures.iframes.join() === "360,180", `I-frame variants: ${figures.iframes}`);
  const { shown, errors } = await player.evaluate((times) => page.iframes_at(times), RISING);
  test.check(errors.length === 0, `errors of the I-frame player: ${errors}`);
  for (const { time, number } of shown) {
    test.check(number !== null && number % 25 === 0 && Math.abs(number / 25 - time) <= 1, `at ${time} s picture ${number} is shown`);
  }
  test.say(`pictures ${shown.map(({ number }) => number).join(" ")}`);
  expect.smooth(test, await player.figures());
  expect.no_misses(test);
}

/**
 * The size of the pictures changes at 6 s. They are in the order of decoding: of others hls.js 1.7.4
 * begins the timeline anew with the first time stamp for decoding, late by their delay, and with that
 * hole never comes to the end.
 */
async function other_size(test) {
  await ladder(test, SECONDS);
  const half = (name, picture, sound) => `ffmpeg -v error -copyts -i ladder.nut
    -filter_complex "[0:v:0]${picture}[v];[0:a]${sound}[a]" -map '[v]' -map '[a]'
    -c:v libx264 -preset veryfast -g 25 -bf 0 -c:a aac -muxdelay 0 ${name}.ts`.replaceAll("\n", " ");
  await test.shell(`${half("a", "trim=end_frame=150", "atrim=end=6.08")}
    ${half("b", "trim=start_frame=150,scale=480:270", "atrim=start=6.08")}
    cat a.ts b.ts > both.ts
    hls-segment -o out --log-level error --segment 2s both.ts`);
  const player = await test.play("hls", "out/master.m3u8", { listen: true });
  const figures = await to_the_end(test, player);
  expect.smooth(test, figures);
  expect.moves(test, figures);
  expect.right_pictures(test, figures, { least: SECONDS * 3 });
  expect.in_step(test, figures, { least: SECONDS - 2 });
  const sizes = figures.sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
  test.check(sizes === "640x360 480x270", `these sizes were shown: ${sizes}`);
  test.check(figures.breaks.join() === "0,1", `discontinuity sequences: ${figures.breaks}`);
  expect.no_misses(test);
}

/** The larger rendition begins at 6 s: three segments of it are gaps. */
async function gaps(test) {
  await ladder(test, SECONDS);
  await test.shell(`ffmpeg -v error -copyts -i ladder.nut -map 0:v:1 -map 0:a -c copy low.nut
    ffmpeg -v error -copyts -i ladder.nut -map 0:v:0 -c copy -bsf:v "noise=drop='lt(pts*tb,6.07)'" high.nut
    hls-segment -o out --log-level error --segment 2s low.nut high.nut`);
  const player = await test.play("hls", "out/master.m3u8", { listen: true, config: { startLevel: 1 } });
  const figures = await to_the_end(test, player);
  expect.smooth(test, figures, { errors: ({ details }) => details === "fragGap" });
  expect.moves(test, figures);
  const offset = expect.right_pictures(test, figures, { least: SECONDS * 3 });
  expect.in_step(test, figures, { offset, least: SECONDS - 2 });
  const heights = figures.levels.map(({ height }) => height).join(" ");
  test.check(heights.includes("180"), `these heights were shown: ${heights}`);
  test.say(`heights ${heights}`);
  expect.no_misses(test);
}

/** Takes the place of the case in what is expected to fail. */
class Judge {
  faults = [];

  constructor(test) {
    this.web = test.web;
  }

  check(condition, fault) {
    if (!condition) this.faults.push(fault);
    return Boolean(condition);
  }

  say() {}
}

/** Writes `from` in the place of `to`, with its times. */
function put_in_place_of(folder, from, to) {
  const [bytes, times] = [from, to].map((name) => fs.readFileSync(`${folder}/${name}`));
  for (let i = bytes.indexOf("tfdt"), j = times.indexOf("tfdt"); i >= 0; i = bytes.indexOf("tfdt", i + 4), j = times.indexOf("tfdt", j + 4)) {
    times.copy(bytes, i + 8, j + 8, j + 16);
  }
  fs.writeFileSync(`${folder}/${to}`, bytes);
}

/** What is spoilt is noticed: a segment that shows something else, and one that is not there. */
async function spoilt(test) {
  await ladder(test, SECONDS);
  await test.shell(`hls-segment -o out --log-level warning ladder.nut
    sed -i '/180p/d; /320x180/d' out/master.m3u8`);
  put_in_place_of(`${test.media}/out/360p`, "seg-00003.m4s", "seg-00001.m4s");
  fs.rmSync(`${test.media}/out/360p/seg-00003.m4s`);
  const player = await test.play("hls", "out/master.m3u8");
  const judge = new Judge(test);
  const figures = await player.until(({ ended, stalls }) => ended || stalls.some(({ length }) => length > 2000), SECONDS + 10);
  expect.right_pictures(judge, figures);
  expect.smooth(judge, figures);
  expect.no_misses(judge);
  for (const expected of ["the timecode jumps", "errors: networkError fragLoadError", "stalls: ", "the server had no out/360p/seg-00003"]) {
    test.check(judge.faults.some((fault) => fault.startsWith(expected)), `nobody noticed: ${expected}`);
  }
  test.say(`${judge.faults.length} faults noticed`);
}

/** Nothing came between 3 and 9 s: the player goes over it and on. */
async function outage(test) {
  await ladder(test, SECONDS);
  const lost = "noise=drop='gte(pts*tb,3.07)*lt(pts*tb,9.07)'";
  await test.shell(`ffmpeg -v error -copyts -i ladder.nut -map 0:v -map 0:a -c copy -bsf:v "${lost}" -bsf:a "${lost}" holes.nut
    hls-segment -o out --log-level error --segment 2s holes.nut`);
  const player = await test.play("hls", "out/master.m3u8");
  const figures = await to_the_end(test, player);
  const over = ({ details, fatal }) => !fatal && /^(fragGap|bufferStalledError|bufferSeekOverHole|bufferNudgeOnStall)$/.test(details);
  expect.smooth(test, figures, { errors: over, stalls: 1, holes: 6.2 });
  expect.moves(test, figures);
  expect.right_pictures(test, figures, { least: 20 });
  test.check(figures.stalls.every(({ length }) => length < 3000), `stalls: ${expect.text.stalls(figures.stalls)}`);
  test.say(`over the gap with ${expect.text.stalls(figures.stalls) || "no stall"}`);
  expect.no_misses(test);
}

export default [
  { name: "smoke", what: "four seconds of VOD, for scripts/test", run: smoke },
  { name: "vod-fmp4", what: "VOD, fMP4", run: (test) => whole(test, "") },
  { name: "vod-ts", what: "VOD, MPEG-TS", run: (test) => whole(test, "--type ts", { errors: first_sound_of_ts }) },
  { name: "vod-packed", what: "VOD, packed audio beside MPEG-TS", run: (test) => whole(test, "--type packed", { errors: first_sound_of_ts }) },
  { name: "vod-single-file", what: "VOD, all segments in one file", run: (test) => whole(test, "--single-file") },
  { name: "aes-128-fmp4", what: "whole segments encrypted, fMP4", run: (test) => whole(test, "--encrypt aes-128") },
  { name: "aes-128-ts", what: "whole segments encrypted, MPEG-TS", run: (test) => whole(test, "--type ts --encrypt aes-128", { errors: first_sound_of_ts }) },
  { name: "key-rotation", what: "a new key every two segments, after a clear lead", run: keys_change },
  { name: "sample-aes", what: "samples encrypted, MPEG-TS", run: (test) => whole(test, "--type ts --encrypt sample-aes", { errors: first_sound_of_ts }) },
  { name: "cbcs", what: "samples encrypted, fMP4, by Clear Key", run: (test) => cbcs_in_shaka(test, "") },
  { name: "cbcs-rotation", what: "the same with a new key every two segments", run: (test) => cbcs_in_shaka(test, "--key-rotation 2") },
  { name: "cbcs-hls", what: "the samples in hls.js, with keys given by the page", run: cbcs_in_hls },
  { name: "sound-only", what: "sound without pictures", run: sound_only },
  { name: "iframes", what: "I-frame playlists", run: iframes },
  { name: "other-size", what: "pictures of another size in mid-stream", run: other_size },
  { name: "outage", what: "nothing came for six seconds", run: outage },
  { name: "spoilt", what: "the harness notices what is wrong", run: spoilt },
  { name: "gaps", what: "a rendition that is not there for two segments", run: gaps },
];
