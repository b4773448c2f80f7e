// Subtitles: players show a cue with the picture it belongs to.
import fs from "node:fs";
import * as expect from "../harness/expect.mjs";
import { pause } from "../harness/chromium.mjs";
import { ladder, realtime } from "../harness/media.mjs";
import { Origin } from "../harness/origin.mjs";
import { to_the_end } from "./vod.mjs";

const SECONDS = 8;
// Within a segment, over two boundaries, in the last segment.
const CUES = [[0.5, 1.25], [1.9, 4.1], [6.5, 7.0]];

const clock = (at) => `00:0${Math.floor(at / 60)}:${(at % 60).toFixed(3).padStart(6, "0")}`;

/** What the page has of the first text track: [begin, end, text] of each cue. */
async function cues(player) {
  return player.evaluate(() => {
    const [track] = page.video.textTracks;
    return [...(track?.cues ?? [])].map(({ startTime, endTime, text }) => [startTime, endTime, text]);
  });
}

async function subtitles(test, options) {
  await ladder(test, SECONDS);
  const blocks = CUES.map(([from, to], i) => `${clock(from)} --> ${clock(to)} line:0\n<i>cue ${i}</i>\n`);
  fs.writeFileSync(`${test.media}/en.vtt`, ["WEBVTT\n", ...blocks].join("\n"));
  await test.shell(`hls-segment -o out --log-level warning --subtitles en.vtt,en,default ${options} ladder.nut`);
  const player = await test.play("hls", "out/master.m3u8");
  const figures = await to_the_end(test, player, { seconds: SECONDS });
  expect.moves(test, figures);
  const offset = expect.right_pictures(test, figures, { least: SECONDS });
  const shown = await cues(player);
  const wanted = CUES.map(([from, to], i) => [from - offset, to - offset, `<i>cue ${i}</i>`]);
  const near = (a, b) => Math.abs(a - b) < 0.002;
  const right = shown.length === wanted.length &&
    shown.every(([from, to, text], i) => near(from, wanted[i][0]) && near(to, wanted[i][1]) && text === wanted[i][2]);
  test.check(right, `the cues are ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}`);
  test.say(`${shown.length} cues`);
  expect.no_misses(test);
}

/** One cue a second beside a stream that is made while it is played, in parts. */
async function subtitles_live(test, seconds) {
  const blocks = Array.from({ length: 120 }, (_, n) => `${clock(n)} --> ${clock(n + 0.9)}\nsecond ${n}\n`);
  fs.writeFileSync(`${test.media}/en.vtt`, ["WEBVTT\n", ...blocks].join("\n"));
  const options = "--playlist live --window 40s --part 500ms --subtitles en.vtt,en,default --log-level warning";
  test.start(realtime(test, `hls-segment -o out ${options}`, "--gop 2s --segment 4s"));
  const origin = await Origin.start(test.media);
  test.finally(() => origin.close());
  await pause(14_000);
  const player = await test.play("hls", `${origin.url}/out/master.m3u8`, { config: { lowLatencyMode: true } });
  await pause(seconds * 1000);
  const figures = await player.figures();
  expect.smooth(test, figures);
  expect.moves(test, figures);
  const began = figures.pictures[0];
  const offset = expect.right_pictures(test, figures, { least: seconds * 3, offset: began?.number / 25 - began?.media });
  const shown = await cues(player);
  const wrong = shown.filter(([from, , text]) => Math.abs(from + offset - Number(text.split(" ")[1])) > 0.002);
  test.check(wrong.length === 0, `cues at the wrong time: ${JSON.stringify(wrong.slice(0, 3))}`);
  test.check(shown.length >= seconds - 4, `only ${shown.length} cues came`);
  test.say(`${shown.length} cues`);
}

export default [
  { name: "subtitles-fmp4", what: "WebVTT beside fMP4", run: (test) => subtitles(test, "") },
  { name: "subtitles-ts", what: "WebVTT beside MPEG-TS", run: (test) => subtitles(test, "--type ts") },
  { name: "subtitles-aes-128", what: "WebVTT, encrypted", run: (test) => subtitles(test, "--encrypt aes-128") },
  { name: "subtitles-live", what: "WebVTT beside a live stream in parts", run: (test) => subtitles_live(test, 20) },
];
