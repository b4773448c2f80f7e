// Streams that are made while they are played.
import fs from "node:fs";
import * as expect from "../harness/expect.mjs";
import { busy_machine, first_sound_of_ts } from "../harness/hls_js.mjs";
import { pause } from "../harness/chromium.mjs";
import { realtime } from "../harness/media.mjs";
import { Origin } from "../harness/origin.mjs";

const LIVE = "--playlist live --window 20s";

async function file_is_there(file, seconds) {
  for (const end = Date.now() + seconds * 1000; !fs.existsSync(file);) {
    if (Date.now() > end) throw new Error(`${file} does not come`);
    await pause(50);
  }
}

/** Starts the chain and waits until players may begin. */
async function on_air(test, options, coding) {
  const chain = test.start(realtime(test, `hls-segment -o out --log-level warning ${options}`, coding));
  await file_is_there(`${test.media}/out/master.m3u8`, 30);
  return chain;
}

/** Plays an EVENT from its beginning while it grows, until it has ended. */
async function event(test) {
  const chain = await on_air(test, "--playlist event");
  const player = await test.play("hls", "out/master.m3u8", { listen: true, config: { startPosition: 0 } });
  const early = await player.until(({ media }) => media > 3, 20);
  test.check(early.live, "it is not live while it grows");
  const grown = await player.until(({ last }) => last >= early.last + 4, 20);
  test.check(grown.first === 0 && grown.last >= early.last + 4, `it lists ${grown.first} to ${grown.last}, earlier to ${early.last}`);
  test.check(await chain.stop() === 0, "the chain failed");
  const figures = await player.until(({ ended }) => ended, 40);
  test.check(figures.ended && !figures.live, `it has not ended at ${figures.media.toFixed(2)} s of ${figures.duration}`);
  expect.smooth(test, figures);
  expect.moves(test, figures);
  expect.keeps_time(test, figures);
  const offset = expect.right_pictures(test, figures, { least: 30 });
  expect.in_step(test, figures, { offset, least: 8 });
  test.check(Math.abs(figures.frames - figures.duration * 25) <= 2, `${figures.frames} pictures in ${figures.duration} s`);
  await expect.seeks(test, player, [5.3, 1.5, 8.1], { offset });
  expect.no_misses(test);
}

/** Files of segments on disk, by folder. */
function segments_on_disk(test) {
  const folders = fs.readdirSync(`${test.media}/out`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => fs.readdirSync(`${test.media}/out/${name}`).filter((file) => file.startsWith("seg-")).length);
}

/** What the tab holds, now and then, until so many seconds are over. */
async function watch_memory(test, player, seconds) {
  const sizes = [];
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    await pause(Math.min(15_000, end - Date.now()));
    sizes.push({ heap: await player.tab.heap(), process: await player.chromium.memory() });
  }
  return sizes;
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const MB = (bytes) => (bytes / 1e6).toFixed(0);

/** The last quarter holds no more than the second one did. */
function memory_is_steady(test, sizes) {
  const quarter = Math.floor(sizes.length / 4);
  for (const kind of ["heap", "process"]) {
    const before = mean(sizes.slice(quarter, 2 * quarter).map((size) => size[kind]));
    const after = mean(sizes.slice(-quarter).map((size) => size[kind]));
    test.say(`${kind} ${MB(before)} MB, later ${MB(after)} MB`);
    test.check(after < before * 1.15 + 5e6, `${kind} grows: ${MB(before)} MB, later ${MB(after)} MB`);
  }
}

/** A live window behind a server that knows nothing of HLS; the player comes so many seconds `late`. */
async function live(test, seconds, { options = "", late = 0 } = {}) {
  const chain = await on_air(test, `${LIVE} ${options}`);
  await pause(late * 1000);
  // hls.js keeps all that was played unless it is told otherwise.
  const player = await test.play("hls", "out/master.m3u8", { listen: true, config: { backBufferLength: 30 } });
  const begin = await player.until(({ media, begun, last }) => begun !== undefined && media > 0 && last > 0, 30);
  const sizes = await watch_memory(test, player, seconds);
  const figures = await player.figures();
  expect.smooth(test, figures, { errors: (error) => first_sound_of_ts(error) || busy_machine(error) });
  expect.moves(test, figures, { dropped: 0.02 });
  expect.keeps_time(test, figures, { slack: 1.5 });
  const offset = expect.right_pictures(test, figures, { least: seconds * 3, offset: figures.pictures[0]?.number / 25 - figures.pictures[0]?.media });
  expect.in_step(test, figures, { offset, least: seconds * 0.9 });
  test.check(figures.last - begin.last >= seconds / 2 - 2, `only ${figures.last - begin.last} segments came`);
  const gone = figures.first - 14; // a segment stays for a playlist of 10 and itself, and a little
  if (gone >= 0) test.check(!fs.existsSync(`${test.media}/out/360p/seg-${String(gone).padStart(5, "0")}.m4s`), `segment ${gone} is still there`);
  test.check(figures.first >= seconds / 2 - 10, `the window begins with ${figures.first}`);
  const most = Math.max(...segments_on_disk(test));
  test.check(most <= 26, `${most} segments lie in a folder`);
  test.say(`window ${figures.first} to ${figures.last}, ${most} on disk, latency ${figures.latency.toFixed(1)} s of ${figures.target.toFixed(1)} s`);
  if (sizes.length >= 16) memory_is_steady(test, sizes);
  expect.no_misses(test);
  test.check(await chain.stop() === 0, "the chain failed");
  const end = await player.until(({ ended }) => ended, 40);
  test.check(end.ended, "it does not end with the stream");
}

/** hls-segment is killed at random moments, and the same command started again. */
async function killed(test, seconds, { options = LIVE, coding, base = "" } = {}) {
  const lives = [];
  let chain = await on_air(test, options, coding);
  const player = await test.play("hls", `${base}out/master.m3u8`);
  const over = Date.now() + seconds * 1000;
  let figures = await player.until(({ pictures }) => pictures.length > 20, 30);
  while (Date.now() < over) {
    await pause(5_000 + Math.random() * 15_000);
    chain.signal("SIGKILL", "hls-segment");
    await chain.ended;
    const at = (await player.figures()).now;
    await pause(Math.random() * 3000);
    chain = test.start(realtime(test, `hls-segment -o out --log-level warning ${options}`, coding));
    // The source begins anew with picture 0: so it can be seen that pictures of this life are shown.
    const shown = ({ pictures }) => pictures.filter((picture) => picture.at > at && picture.number < 250).length > 10;
    figures = await player.until((now) => shown(now) || now.errors.some(({ fatal }) => fatal), 45);
    const first = figures.pictures.find((picture) => picture.at > at && picture.number < 250);
    lives.push(first && (first.at - at) / 1000);
    if (!test.check(first, `kill ${lives.length} at ${(at / 1000).toFixed(1)} s: no picture of what came then was shown`)) break;
  }
  figures = await player.figures();
  const fatal = figures.errors.filter((error) => error.fatal);
  test.check(fatal.length === 0, `errors: ${expect.text.errors(fatal)}`);
  test.check(figures.last - figures.first >= (options === LOW ? 4 : 8), `the window is ${figures.first} to ${figures.last}`);
  const longest = Math.max(0, ...figures.stalls.map(({ length }) => length / 1000));
  test.say(`${lives.length} kills, new pictures after ${Math.max(...lives).toFixed(1)} s at most, ${figures.stalls.length} stalls of ${longest.toFixed(1)} s at most`);
  expect.no_misses(test);
  await chain.stop();
}

/** What the timecode says of the delay from the source to the screen, in seconds. */
function delays(test, figures, from) {
  const list = fs.readFileSync(`${test.media}/out/360p/index.m3u8`, "utf8");
  const [, date] = /#EXT-X-PROGRAM-DATE-TIME:(\S+)/.exec(list);
  const number = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(list)[1]);
  const zero = Date.parse(date) - number * 4000; // of picture 0: segments have 4 s
  return figures.pictures.filter(({ at }) => at > from).map(({ at, number: n }) => (figures.epoch + at - zero) / 1000 - n / 25);
}

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

const LOW = "--playlist live --window 40s --part 500ms";

const LOW_CODING = "--gop 2s --segment 4s";

async function start_origin(test) {
  const origin = await Origin.start(test.media);
  test.finally(() => origin.close());
  return origin;
}

async function low_latency_killed(test, seconds) {
  const { url } = await start_origin(test);
  await killed(test, seconds, { options: LOW, coding: LOW_CODING, base: `${url}/` });
}

async function low_latency(test, seconds) {
  await on_air(test, LOW, LOW_CODING);
  const origin = await start_origin(test);
  await pause(12_000);
  const player = await test.play("hls", `${origin.url}/out/master.m3u8`, { config: { lowLatencyMode: true } });
  await pause(seconds * 1000);
  const figures = await player.figures();
  expect.smooth(test, figures);
  expect.moves(test, figures);
  expect.right_pictures(test, figures, { least: seconds * 3, offset: figures.pictures[0]?.number / 25 - figures.pictures[0]?.media });
  const found = delays(test, figures, 15_000);
  test.check(median(found) < 3, `the picture is ${median(found).toFixed(2)} s late`);
  const parts = Object.values(figures.parts).reduce((a, b) => a + b, 0);
  const all = Object.values(figures.loaded).reduce((a, b) => a + b, 0);
  test.check(parts > all * 0.8, `only ${parts} of ${all} loads were parts`);
  test.check(origin.held > seconds, `only ${origin.held} requests had to wait`);
  test.say(`late by ${median(found).toFixed(2)} s, at most ${Math.max(...found).toFixed(2)} s, by the player ${figures.latency.toFixed(2)} s of ${figures.target.toFixed(2)} s`);
  test.say(`${parts} parts of ${all} loads, ${figures.reloads} playlists, ${origin.held} requests held`);
}

// The promise of CAN-BLOCK-RELOAD is not kept here: hls.js asks for playlists more often, stalls until
// it has moved away from the end, and plays parts all the same. Without the promise it asks so seldom
// that it is two seconds later.
async function low_latency_plain(test, seconds) {
  await on_air(test, LOW, LOW_CODING);
  await pause(12_000);
  const player = await test.play("hls", "out/master.m3u8", { config: { lowLatencyMode: true } });
  await pause(seconds * 1000);
  const figures = await player.figures();
  const stalled = ({ details, fatal }) => !fatal && details === "bufferStalledError";
  expect.smooth(test, figures, { errors: stalled, stalls: 3 });
  expect.moves(test, figures);
  const found = delays(test, figures, 15_000);
  test.check(median(found) < 6, `the picture is ${median(found).toFixed(2)} s late`);
  const parts = Object.values(figures.parts).reduce((a, b) => a + b, 0);
  test.check(parts > seconds, `only ${parts} parts came`);
  test.say(`late by ${median(found).toFixed(2)} s, at most ${Math.max(...found).toFixed(2)} s`);
  test.say(`${parts} parts, ${figures.reloads} playlists, stalls ${expect.text.stalls(figures.stalls) || "none"}`);
  expect.no_misses(test);
}

export default [
  { name: "event", what: "an EVENT from its beginning while it grows", run: event },
  { name: "live", what: "a live window for a minute", run: (test) => live(test, 60) },
  { name: "live-ts", what: "the same in MPEG-TS with changing keys", run: (test) => live(test, 40, { options: "--type ts --encrypt aes-128 --key-rotation 5" }) },
  { name: "live-killed", what: "hls-segment killed and started again, for a minute", run: (test) => killed(test, 60) },
  { name: "low-latency", what: "parts of half a second, blocking reloads", run: (test) => low_latency(test, 40) },
  { name: "low-latency-plain", what: "the same from a server that holds nothing back", run: (test) => low_latency_plain(test, 40) },
  { name: "low-latency-killed", what: "hls-segment killed and started again, with parts", run: (test) => low_latency_killed(test, 60) },
  { name: "live-long", what: "a live window for ten minutes", long: true, run: (test) => live(test, 600, { late: 15 }) },
  { name: "live-killed-long", what: "hls-segment killed again and again, for ten minutes", long: true, run: (test) => killed(test, 600) },
];
