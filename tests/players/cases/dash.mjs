// The same segments through manifest.mpd, in dash.js and in Shaka Player.
import fs from "node:fs";
import * as expect from "../harness/expect.mjs";
import { pause } from "../harness/chromium.mjs";
import { ladder, realtime } from "../harness/media.mjs";
import { to_the_end } from "./vod.mjs";

const SECONDS = 12;

// A second seek while it still loads can leave dash.js waiting for a segment that it does not ask for
// again.
const patience = (kind) => (kind === "dash" ? { rest: 500 } : {});

/** What both players have to do with a presentation of 12 s that is in `out`. */
async function plays(test, kind, { change = true, clear = true, config, offset = 0, seeking } = {}) {
  const player = await test.play(kind, "out/manifest.mpd", { listen: clear, config });
  const figures = await to_the_end(test, player, { change });
  expect.smooth(test, figures);
  expect.moves(test, figures);
  expect.keeps_time(test, figures);
  if (clear) expect.right_pictures(test, figures, { least: SECONDS * 3, offset, slack: 1.5 / 25 });
  if (clear) expect.in_step(test, figures, { offset, least: SECONDS - 2 });
  if (change) {
    const heights = [...new Set(figures.levels.map(({ height }) => height))];
    test.check(heights.length === 2, `only these heights were shown: ${heights}`);
  }
  await expect.seeks(test, player, [7.3, 0.5, 10.5, 4.0], { offset, ...patience(kind), ...seeking });
  expect.no_misses(test);
  return figures;
}

async function whole(test, kind) {
  await ladder(test, SECONDS);
  await test.shell("hls-segment -o out --dash --log-level warning ladder.nut");
  await plays(test, kind);
}

/** Clear keys by their ids, as a page that plays the manifest in `folder` has to give them. */
function clear_keys(folder) {
  const ids = [...fs.readFileSync(`${folder}/manifest.mpd`, "utf8").matchAll(/default_KID="([^"]*)"/g)];
  const kept = fs.readdirSync(folder).filter((name) => name.endsWith(".key")).sort();
  const names = [...new Set(ids.map(([, id]) => id.replaceAll("-", "")))];
  return Object.fromEntries(names.map((id, i) => [id, fs.readFileSync(`${folder}/${kept[i]}`).toString("hex")]));
}

async function encrypted(test, kind, options) {
  await ladder(test, SECONDS);
  await test.shell(`hls-segment -o out --dash --encrypt cbcs ${options} --log-level warning ladder.nut`);
  const keys = clear_keys(`${test.media}/out`);
  test.say(`${Object.keys(keys).length} keys`);
  const config = kind === "shaka" ? { drm: { clearKeys: keys } } : { keys };
  await plays(test, kind, { clear: false, change: false, config });
}

// At a seek over the border of two periods dash.js empties the buffers that Chromium may have begun
// to read: then the next key frame is shown, which is up to 1 s behind (with the segments
// of FFmpeg too).
const seeking_over_periods = (kind) => (kind === "dash" ? { late: 1 } : {});

/** The size of the pictures changes at 6 s, which is another period. */
async function other_size(test, kind) {
  await ladder(test, SECONDS);
  const half = (name, picture, sound) => `ffmpeg -v error -copyts -i ladder.nut
    -filter_complex "[0:v:0]${picture}[v];[0:a]${sound}[a]" -map '[v]' -map '[a]'
    -c:v libx264 -preset veryfast -g 25 -c:a aac -muxdelay 0 ${name}.ts`.replaceAll("\n", " ");
  await test.shell(`${half("a", "trim=end_frame=150", "atrim=end=6.08")}
    ${half("b", "trim=start_frame=150,scale=480:270", "atrim=start=6.08")}
    cat a.ts b.ts > both.ts
    hls-segment -o out --dash --log-level error --segment 2s both.ts`);
  const figures = await plays(test, kind, { change: false, seeking: seeking_over_periods(kind) });
  const sizes = figures.sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
  test.check(sizes.startsWith("640x360 480x270"), `these sizes were shown: ${sizes}`);
}

/** The larger rendition is not there before 6 s: it is in the second period only. */
async function gaps(test, kind) {
  await ladder(test, SECONDS);
  await test.shell(`ffmpeg -v error -copyts -i ladder.nut -map 0:v:1 -map 0:a -c copy low.nut
    ffmpeg -v error -copyts -i ladder.nut -map 0:v:0 -c copy -bsf:v "noise=drop='lt(pts*tb,6.07)'" high.nut
    hls-segment -o out --dash --log-level error --segment 2s low.nut high.nut`);
  const figures = await plays(test, kind, { change: false, seeking: seeking_over_periods(kind) });
  const sizes = figures.sizes.map(({ width, height }) => `${width}x${height}`).join(" ");
  test.check(sizes.startsWith("320x180 640x360"), `these sizes were shown: ${sizes}`);
}

/** Until the manifest is there. */
async function begun(test) {
  for (let i = 0; i < 400 && !fs.existsSync(`${test.media}/out/manifest.mpd`); ++i) await pause(50);
}

const LIVE = "hls-segment --playlist live --window 12s --dash -o out --log-level warning";

/** A window that slides, for `seconds`; then the stream ends, and so does what is shown. */
async function live(test, kind, seconds) {
  const chain = test.start(realtime(test, LIVE));
  await begun(test);
  await pause(8000); // before, a player cannot be as far behind as it is told
  const player = await test.play(kind, "out/manifest.mpd", { listen: true });
  const figures = await player.until(({ now, errors }) => now > seconds * 1000 || errors.some(({ fatal }) => fatal), seconds + 5);
  expect.smooth(test, figures);
  expect.moves(test, figures);
  expect.keeps_time(test, figures);
  expect.right_pictures(test, figures, { least: seconds * 2, slack: 1.5 / 25 });
  expect.in_step(test, figures, { least: seconds - 5 });
  test.check(figures.live, "it is not taken for live");
  test.check(figures.latency > 4 && figures.latency < 10, `it plays ${figures.latency.toFixed(2)} s behind`);
  test.say(`${figures.latency.toFixed(1)} s behind`);
  await chain.stop();
  const last = await player.until(({ ended }) => ended, 20);
  test.check(last.ended, `the stream has ended; it stands at ${last.media.toFixed(2)} s of ${last.duration}`);
  expect.no_misses(test);
}

/** hls-segment is killed and started again: the player goes on with what comes then. */
async function killed(test, kind) {
  const chain = test.start(realtime(test, LIVE));
  await begun(test);
  const player = await test.play(kind, "out/manifest.mpd");
  await player.until(({ pictures }) => pictures.length > 30, 30);
  chain.signal("SIGKILL", "hls-segment");
  await chain.ended;
  const { now: at } = await player.figures();
  test.start(realtime(test, LIVE));
  // The source begins anew with picture 0.
  const came = ({ pictures }) => pictures.filter((picture) => picture.at > at + 5000 && picture.number < 250);
  const figures = await player.until((now) => came(now).length > 20 || now.errors.some(({ fatal }) => fatal), 45);
  const first = came(figures)[0];
  if (test.check(first, "no picture of what came then was shown")) test.say(`new pictures after ${((first.at - at) / 1000).toFixed(1)} s`);
  const fatal = figures.errors.filter((error) => error.fatal);
  test.check(fatal.length === 0, `errors: ${expect.text.errors(fatal)}`);
  expect.no_misses(test);
}

export default [
  { name: "dash-vod", what: "a DASH manifest of VOD, in dash.js", run: (test) => whole(test, "dash") },
  { name: "dash-vod-shaka", what: "the same in Shaka Player", run: (test) => whole(test, "shaka") },
  { name: "dash-cbcs", what: "encrypted samples, in dash.js", run: (test) => encrypted(test, "dash", "") },
  { name: "dash-cbcs-shaka", what: "the same after a clear lead, with a new key every two segments, in Shaka Player", run: (test) => encrypted(test, "shaka", "--key-rotation 2 --clear-lead 2s") },
  { name: "dash-other-size", what: "pictures of another size in mid-stream, in dash.js", run: (test) => other_size(test, "dash") },
  { name: "dash-other-shaka", what: "the same in Shaka Player", run: (test) => other_size(test, "shaka") },
  { name: "dash-gaps", what: "a rendition that is not there for two segments, in dash.js", run: (test) => gaps(test, "dash") },
  { name: "dash-gaps-shaka", what: "the same in Shaka Player", run: (test) => gaps(test, "shaka") },
  { name: "dash-live", what: "a live DASH manifest, in dash.js", long: true, run: (test) => live(test, "dash", 30) },
  { name: "dash-live-shaka", what: "the same in Shaka Player", long: true, run: (test) => live(test, "shaka", 30) },
  { name: "dash-killed", what: "a live run that is killed and gone on from, in dash.js", long: true, run: (test) => killed(test, "dash") },
  { name: "dash-killed-shaka", what: "the same in Shaka Player", long: true, run: (test) => killed(test, "shaka") },
];
