// What the player page works out, without a browser: node --test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstRendition, group, readPlaylist } from "../../lib/edge/page/catalogue.js";
import { ServerClock } from "../../lib/edge/page/clock.js";
import { Watch } from "../../lib/edge/page/watch.js";
import { count, rate, short, spoken, time } from "../../lib/edge/page/words.js";

const stream = (name, viewers = {}) => ({ name, url: `/${name}.flv`, viewers });
const folder = (name, facts = {}) => ({ name, url: `/${name}/master.m3u8`, live: true, low: false, ...facts });
const told = (shows) => shows.map(({ title, ways }) => `${title}: ${ways.map(({ kind, url }) => `${kind} ${url}`).join(", ")}`);

test("a stream and a folder of the same name are one show in several ways", () => {
  const shows = group([stream("live/talk", { "http-flv": 2, rtmp: 1 })], [folder("hls/talk", { low: true })]);
  assert.deepEqual(told(shows), ["talk: ll /hls/talk/master.m3u8, hls /hls/talk/master.m3u8, flv /live/talk.flv"]);
  assert.equal(shows[0].viewers, 3);
  assert.deepEqual(shows[0].names, ["hls/talk", "live/talk"]);
});

test("names that end alike more than once are not taken for the same", () => {
  assert.equal(group([stream("live/a"), stream("spare/a")], [folder("hls/a")]).length, 3);
  assert.equal(group([stream("live/a")], [folder("hls/a"), folder("old/a")]).length, 3);
});

test("what is live stands before what is not", () => {
  const shows = group([stream("live/z")], [folder("hls/a", { live: false })]);
  assert.deepEqual(shows.map(({ title, live }) => [title, live]), [["z", true], ["a", false]]);
});

test("a show keeps its identity while others come", () => {
  const [before] = group([stream("live/a")], []);
  const after = group([stream("live/a"), stream("live/b")], []).find(({ title }) => title === "a");
  assert.equal(before.id, after.id);
});

test("a playlist says whether it goes on and whether it has parts", () => {
  assert.deepEqual(readPlaylist("#EXTM3U\n#EXT-X-PART-INF:PART-TARGET=0.5\n"), { live: true, low: true });
  assert.deepEqual(readPlaylist("#EXTM3U\n#EXTINF:6,\na.m4s\n"), { live: true, low: false });
  assert.deepEqual(readPlaylist("#EXTM3U\n#EXT-X-PART-INF:PART-TARGET=0.5\n#EXT-X-ENDLIST\n"), { live: false, low: false });
});

test("the first rendition is the line behind its tag", () => {
  const text = "#EXTM3U\r\n#EXT-X-MEDIA:URI=\"a.m3u8\"\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\n# words\r\nv/index.m3u8\r\n";
  assert.equal(firstRendition(text), "v/index.m3u8");
  assert.equal(firstRendition("#EXTM3U\n#EXTINF:6,\na.m4s\n"), null);
});

test("the server's clock is that of the shortest round trip", () => {
  const clock = new ServerClock();
  const now = Date.now();
  assert.ok(Math.abs(clock.now() - now) < 50);
  clock.learn(now, now + 5000, now + 400);
  clock.learn(now, now + 3010, now + 20);
  clock.learn(now, now + 9000, now + 1000);
  assert.ok(Math.abs(clock.now() - Date.now() - 3000) < 1);
});

test("a clock that was set anew is believed in the end", () => {
  const clock = new ServerClock();
  const now = Date.now();
  clock.learn(now, now + 60_000, now);
  for (let i = 0; i < 8; ++i) clock.learn(now, now + 5, now + 10);
  assert.ok(Math.abs(clock.now() - Date.now()) < 1);
});

function played(steps) {
  const video = { currentTime: 0, paused: false, ended: false, seeking: false };
  const watch = new Watch(video);
  const begun = steps.map(([now, change]) => watch.look((Object.assign(video, change), now)));
  return { watch, begun };
}

test("a stall is told once and counted while it lasts", () => {
  const { watch, begun } = played([[0, {}], [100, { currentTime: 0.1 }], [200, { currentTime: 0.2 }], [300, {}], [460, {}], [560, {}],
    [660, { currentTime: 0.25 }], [760, { currentTime: 0.35 }]]);
  assert.deepEqual(begun, [false, false, false, false, true, false, false, false]);
  assert.deepEqual([watch.stalls, watch.stalled, watch.standing], [1, 360, false]);
});

test("to stand before the beginning, paused, at the end or on the way elsewhere is no stall", () => {
  const still = [[500, {}], [1000, {}], [1500, {}]];
  assert.equal(played([[0, {}], ...still]).watch.stalls, 0);
  for (const name of ["paused", "ended", "seeking"]) {
    assert.equal(played([[0, {}], [100, { currentTime: 1 }], [200, { [name]: true }], ...still]).watch.stalls, 0, name);
  }
});

test("figures read well", () => {
  assert.deepEqual([0, 7, 61, 3723, -2].map(time), ["0:00", "0:07", "1:01", "1:02:03", "0:00"]);
  assert.deepEqual([0, 1, 62, 3600].map(spoken), ["0 seconds", "1 second", "1 minute 2 seconds", "1 hour"]);
  assert.deepEqual([0.64, 14.2, null, NaN].map(short), ["0.6 s", "14 s", "–", "–"]);
  assert.deepEqual([2_400_000, 96_000, 0].map(rate), ["2.4 Mb/s", "96 kb/s", ""]);
  assert.deepEqual([0, 1, 2].map((n) => count(n, "viewer")), ["0 viewers", "1 viewer", "2 viewers"]);
});
