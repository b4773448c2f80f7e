// The player page of edge.
import fs from "node:fs";
import { pause } from "../harness/chromium.mjs";
import { Edge } from "../harness/edge.mjs";
import { Viewer } from "../harness/viewer.mjs";

const [LOW, HLS, FLV] = ["ll=/hls/show/master.m3u8", "hls=/hls/show/master.m3u8", "flv=/live/show.flv"];
const ALL = [LOW, HLS, FLV];
const FRAME = 1 / 25;

/** The address that opens these ways to watch. */
const address = (edge, ...keys) => `${edge.url}/#${new URLSearchParams(keys.map((key) => key.split("=")))}`;

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Nothing went wrong in the page, and nothing was asked of anybody else. */
function no_complaint(test, viewer, edge, allowed = () => false) {
  const said = [...viewer.tab.said, ...viewer.complaints].filter((text) => !allowed(text));
  test.check(said.length === 0, `the browser complains: ${said.slice(0, 3).join("; ")}`);
  const others = [...viewer.origins].filter((origin) => origin !== edge.url && origin !== "null");
  test.check(others.length === 0, `it asks ${others}`);
}

/** Seconds from the source to the screen: by the timecode in the picture, and by the page's own figure. */
function latencies(seen, began) {
  const read = seen.filter(({ number, latency }) => number !== null && latency !== null);
  return {
    count: read.length,
    real: median(read.map(({ now, number }) => (now - began) / 1000 - number * FRAME)),
    told: median(read.map(({ latency }) => latency.seconds)),
    from: read.at(-1)?.latency.from,
  };
}

/** All three ways at once: pictures move, sound is decoded, and the latency that is told is the real one. */
async function side_by_side(test) {
  const edge = await Edge.start(test);
  const began = await edge.broadcast();
  await pause(14_000); // a few segments, so that all can begin where they want to
  const viewer = await Viewer.open(test, address(edge, ...ALL));
  for (const key of ALL) await viewer.until(key, ({ media, number }) => media > 0 && number !== null, 25);
  await pause(8000);
  const first = Object.fromEntries(await Promise.all(ALL.map(async (key) => [key, await viewer.look(key)])));
  const seen = await viewer.watch(ALL, 15);
  await viewer.photograph("side-by-side");
  for (const key of ALL) {
    const [before, after] = [first[key], seen[key].at(-1)];
    const name = key.split("=")[0];
    if (!test.check(after?.number, `${name}: no picture`)) continue;
    const seconds = (after.now - before.now) / 1000;
    const moved = (after.number - before.number) * FRAME;
    test.check(Math.abs(moved - seconds) < 2, `${name}: ${moved.toFixed(1)} s of pictures in ${seconds.toFixed(1)} s`);
    test.check(after.audioBytes > before.audioBytes, `${name}: no sound`);
    test.check(after.rendition?.height === 360 || after.rendition?.height === 180, `${name}: rendition ${JSON.stringify(after.rendition)}`);
    test.check(after.buffer > 0 && after.shown > before.shown, `${name}: buffer ${after.buffer}, ${after.shown} pictures`);
    const { real, told, from, count } = latencies(seen[key], began);
    test.check(count > 20, `${name}: its latency was told ${count} times`);
    test.check(Math.abs(told - real) < 0.3, `${name}: it tells ${told?.toFixed(2)} s, it is ${real?.toFixed(2)} s`);
    test.check(from === "since the source", `${name}: it is told ${from}`);
    test.say(`${name} ${real?.toFixed(2)} s, told as ${told?.toFixed(2)} s ${from}, ${after.stalls} stalls, ${after.dropped} of ${after.shown} dropped`);
  }
  await viewer.tab.evaluate((key) => {
    const select = weir.panels.get(key).root.querySelector("select");
    select.value = [...select.options].find(({ text }) => text.startsWith("180p")).value;
    select.dispatchEvent(new Event("change"));
  }, HLS);
  const small = await viewer.until(HLS, ({ rendition }) => rendition?.height === 180, 20);
  test.check(small.rendition?.height === 180, `180p was chosen, ${small.rendition?.height}p is shown`);
  const heard = ALL.filter((key) => !seen[key].at(-1)?.muted);
  test.check(heard.length <= 1, `${heard.length} are heard at once`);
  no_complaint(test, viewer, edge);
}

/** Goes back within the window, is late by as much, and comes back to live; in both kinds of window. */
async function rewinds(test) {
  const edge = await Edge.start(test);
  const began = await edge.broadcast();
  await pause(25_000);
  const viewer = await Viewer.open(test, address(edge, HLS, FLV));
  for (const key of [HLS, FLV]) await viewer.until(key, ({ media, latency }) => media > 0 && latency !== null, 25);
  await pause(14_000);
  for (const [key, back] of [[HLS, 15], [FLV, 10]]) {
    const name = key.split("=")[0];
    const live = await viewer.look(key);
    await viewer.tab.evaluate((which) => weir.panels.get(which).video.focus(), key);
    for (let i = 0; i < back / 5; ++i) await viewer.press("ArrowLeft");
    await pause(2500);
    const then = latencies((await viewer.watch([key], 3))[key], began);
    const wanted = live.latency.seconds + back;
    test.check(Math.abs(then.real - wanted) < 2, `${name}: ${back} s back it is ${then.real?.toFixed(1)} s late, not ${wanted.toFixed(1)}`);
    test.check(Math.abs(then.told - then.real) < 0.3, `${name}: it tells ${then.told?.toFixed(1)} s`);
    const bar = await viewer.tab.evaluate((which) => weir.panels.get(which).root.querySelector(".seek").getAttribute("aria-valuetext"), key);
    test.check(/^\d+ seconds behind live$/.test(bar) && Math.abs(parseInt(bar, 10) - back) <= 3, `${name}: the bar says "${bar}"`);
    if (key === HLS) {
      await viewer.press("Home");
      const start = await viewer.until(key, ({ latency }) => latency?.seconds > 30, 5);
      test.check(start.latency?.seconds > 30, `${name}: at the beginning of the window it is ${start.latency?.seconds} s late`);
    }
    await viewer.tab.evaluate((which) => weir.panels.get(which).root.querySelector(".golive").click(), key);
    await pause(2500);
    const again = latencies((await viewer.watch([key], 3))[key], began);
    test.check(Math.abs(again.real - live.latency.seconds) < 2.5, `${name}: back at live it is ${again.real?.toFixed(1)} s late, before ${live.latency.seconds.toFixed(1)}`);
    test.say(`${name} ${live.latency.seconds.toFixed(1)} s, back ${then.real?.toFixed(1)} s, live again ${again.real?.toFixed(1)} s`);
  }
  no_complaint(test, viewer, edge);
}

/** Pauses where it is; a stall that nobody wished does not leave it behind live. */
async function keeps_up(test) {
  const edge = await Edge.start(test);
  await edge.broadcast();
  await pause(14_000);
  const viewer = await Viewer.open(test, address(edge, LOW, FLV));
  const live = {};
  for (const key of [LOW, FLV]) {
    await viewer.until(key, ({ media, latency }) => media > 0 && latency !== null, 25);
    await pause(5000);
    live[key] = (await viewer.look(key)).latency.seconds;
    const { media } = await viewer.look(key);
    const press = () => viewer.tab.evaluate((which) => weir.panels.get(which).playButton.click(), key);
    await press();
    await pause(5000);
    await press();
    await pause(2000);
    const on = await viewer.look(key);
    test.check(on.media - media < 3.5, `${key}: a pause of 5 s goes on ${(on.media - media).toFixed(1)} s later`);
    await viewer.tab.evaluate((which) => weir.panels.get(which).root.querySelector(".golive").click(), key);
    await pause(2000);
  }
  await edge.freeze(6000);
  await pause(12_000);
  for (const key of [LOW, FLV]) {
    const { latency, stalls } = await viewer.until(key, (now) => now.latency?.seconds < live[key] + 3, 10);
    test.check(stalls > 0, `${key}: the server stood still and nobody noticed`);
    test.check(latency.seconds < live[key] + 3, `${key}: behind a stall it is ${latency.seconds.toFixed(1)} s late, before ${live[key].toFixed(1)}`);
    test.say(`${key.split("=")[0]} ${live[key].toFixed(1)} s, behind a stall ${latency.seconds.toFixed(1)} s`);
  }
  no_complaint(test, viewer, edge);
}

/** Opens, plays, searches, silences and closes with keys alone. */
async function keys(test) {
  const edge = await Edge.start(test);
  await edge.broadcast();
  await pause(20_000);
  const viewer = await Viewer.open(test, edge.url);
  const { tab } = viewer;
  await tab.evaluate(() => new Promise((done) => {
    const look = () => (document.querySelector(".way") ? done() : setTimeout(look, 50));
    look();
  }));
  await viewer.press("Tab");
  test.check(await tab.evaluate("document.activeElement.className") === "skip", "the first stop does not lead past the list");
  test.check(await viewer.tabTo(".way") !== null, "no way to watch can be reached");
  test.check(await tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") === "solid", "the focus is not seen");
  await viewer.press("ArrowRight", "Enter");
  const playing = await viewer.until(LOW, ({ media, number }) => media > 0 && number !== null, 20);
  test.check(playing?.number, "Enter does not open a player");
  test.check(await tab.evaluate("document.activeElement.getAttribute('aria-pressed')") === "true", "the button is not pressed");
  test.check((await tab.evaluate("document.querySelector('#said').textContent")).includes("is playing"), "nobody is told that it plays");
  test.check(await viewer.tabTo("video") !== null, "the picture cannot be reached");
  await viewer.press(" ");
  const paused = await viewer.until(LOW, (now) => now.paused, 3);
  test.check(paused.paused, "Space does not pause");
  await viewer.press(" ");
  test.check(!(await viewer.until(LOW, (now) => !now.paused, 3)).paused, "Space does not play");
  const { muted } = await viewer.look(LOW);
  await viewer.press("m");
  test.check((await viewer.until(LOW, (now) => now.muted !== muted, 3)).muted !== muted, "M does not change the sound");
  await viewer.tabTo(".seek");
  const before = await viewer.look(LOW);
  await viewer.press("ArrowLeft");
  const after = await viewer.until(LOW, ({ media }) => media < before.media - 3, 3);
  test.check(after.media < before.media - 3, `the left arrow leads from ${before.media} to ${after.media}`);
  await viewer.press("End");
  const live = await viewer.until(LOW, ({ media }) => media > before.media - 1, 3);
  test.check(live.media > before.media - 1, `End leads to ${live.media}, live was ${before.media}`);
  const close = await viewer.tabTo("header .round");
  test.check(close !== null, "the button to close cannot be reached");
  await viewer.press("Enter");
  await pause(300);
  test.check(await viewer.look(LOW) === null, "Enter does not close the player");
  test.check(await tab.evaluate("document.activeElement.id") === "stage", "the focus is lost with the player");
  no_complaint(test, viewer, edge);
}

const AXE = new URL("../node_modules/axe-core/axe.min.js", import.meta.url);

async function accessible(test, viewer, what) {
  await viewer.tab.evaluate(fs.readFileSync(AXE, "utf8"));
  const found = await viewer.tab.evaluate(async () => {
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id} at ${nodes.slice(0, 2).map(({ target }) => target.join(" ")).join(", ")}`);
  });
  test.check(found.length === 0, `${what}: ${found.join("; ")}`);
}

/** Nothing sticks out or is cut off, and what is to be touched is large enough. */
async function fits(test, viewer, what) {
  const { wide, small, cut } = await viewer.tab.evaluate(() => {
    const all = [...document.querySelectorAll("button, input, select, a:not(.skip), summary")].map((one) => [one, one.getBoundingClientRect()])
      .filter(([, { width, height }]) => width > 0 && height > 0);
    const name = ([one, { left, right, width, height }]) => `${one.className || one.tagName} ${width}x${height} from ${left} to ${right}`;
    const edges = (one) => (one.closest(".panel") ?? document.documentElement).getBoundingClientRect();
    return {
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      small: all.filter(([, { width, height }]) => height < 24 || width < 24).map(name),
      cut: all.filter(([one, { left, right }]) => left < edges(one).left || right > edges(one).right).map(name),
    };
  });
  test.check(wide <= 0, `${what}: it is ${wide} pixels too wide`);
  test.check(small.length === 0, `${what}: too small to be touched: ${small.join(", ")}`);
  test.check(cut.length === 0, `${what}: cut off: ${cut.join(", ")}`);
}

/** What turns while one waits does not for those who asked for less motion. */
async function stands_still(test, viewer, what) {
  const turns = (key) => viewer.tab.evaluate((one) => {
    const { screen } = weir.panels.get(one);
    screen.classList.add("waits");
    return getComputedStyle(screen, "::after").animationName;
  }, key);
  const [key] = await viewer.tab.evaluate("[...weir.panels.keys()]");
  test.check(await turns(key) === "turn", `${what}: nothing shows that one waits`);
  await viewer.prefer({ "prefers-reduced-motion": "reduce" });
  test.check(await turns(key) === "none", `${what}: it moves though less motion was asked for`);
}

/** Desktop and phone, light and dark: no fault axe-core knows of, nothing cut off, nothing that turns unasked. */
async function looks(test) {
  const edge = await Edge.start(test);
  await test.shell("ffmpeg -v error -f lavfi -i testsrc2=s=320x180:r=25:d=6 -f lavfi -i sine=d=6 -c:v libx264 -preset ultrafast -g 25 -c:a aac old.mp4 && hls-segment -o hls/old --log-level warning old.mp4");
  await edge.broadcast();
  await pause(12_000);
  for (const [what, keys_open, view] of [
    ["desktop", ALL, {}], ["dark", ALL, { scheme: "dark" }], ["empty", [], {}],
    ["phone", [FLV], { width: 360, height: 740, mobile: true }], ["phone-dark", [LOW], { width: 320, height: 640, mobile: true, scheme: "dark" }],
    ["phone-on-its-side", [HLS], { width: 740, height: 360, mobile: true }],
  ]) {
    const viewer = await Viewer.open(test, address(edge, ...keys_open), view);
    for (const key of keys_open) {
      const seen = await viewer.until(key, ({ media, number }) => media > 0 && number !== null, 25);
      test.check(seen?.number, `${what}: ${key} shows nothing`);
    }
    await pause(keys_open.length > 0 ? 6000 : 1000);
    await accessible(test, viewer, what);
    await fits(test, viewer, what);
    await viewer.photograph(what);
    if (keys_open.length > 0) await stands_still(test, viewer, what);
    no_complaint(test, viewer, edge);
    await viewer.close();
  }
  test.say("six views");
}

/** What is on demand plays from its beginning to its end, with its whole length in the bar. */
async function on_demand(test) {
  const edge = await Edge.start(test);
  await test.shell("ingest test:size=640x360,rate=25 --duration 8s --log-level warning | transcode-ladder --segment 2s --gop 1s --preset ultrafast --log-level warning | hls-segment -o hls/show --log-level warning");
  const viewer = await Viewer.open(test, address(edge, HLS));
  const begun = await viewer.until(HLS, ({ media }) => media > 0.5, 20);
  test.check(begun?.media < 5, `it begins at ${begun?.media}`);
  test.check(begun?.latency === null, "it tells a latency");
  const time = () => viewer.tab.evaluate("document.querySelector('.time').textContent");
  test.check(/^0:0\d \/ 0:08$/.test(await time()), `the time is ${await time()}`);
  const ways = await viewer.tab.evaluate("[...document.querySelectorAll('.way')].map((way) => way.textContent).join()");
  test.check(ways === "HLS", `it can be watched as ${ways}`);
  const end = await viewer.until(HLS, ({ ended }) => ended, 20);
  test.check(end.ended, `it does not end, but stands at ${end.media}`);
  no_complaint(test, viewer, edge);
}

/** Where there are no Media Source Extensions the browser plays HLS itself, and FLV is said to be impossible. */
async function by_itself(test) {
  const edge = await Edge.start(test);
  await edge.broadcast();
  await pause(14_000);
  const before = "for (const name of ['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource']) delete window[name]";
  const viewer = await Viewer.open(test, address(edge, HLS, FLV), { before });
  const seen = await viewer.until(HLS, ({ media, number }) => media > 0 && number !== null, 25);
  if (test.check(seen?.number, "HLS is not played")) {
    await pause(3000);
    const later = await viewer.look(HLS);
    test.check(later.number > seen.number + 25, `it goes from picture ${seen.number} to ${later.number} in three seconds`);
    test.check(later.audioBytes > seen.audioBytes, "no sound");
  }
  const notice = await viewer.tab.evaluate((key) => weir.panels.get(key).notice.textContent, FLV);
  test.check(/^This browser cannot play FLV.*Extensions\.$/.test(notice), `of FLV it says "${notice}"`);
  no_complaint(test, viewer, edge);
}

/** The publisher leaves and comes back: the page says so, and plays again by itself. */
async function comes_back(test) {
  const edge = await Edge.start(test, "--reconnect-window 1s");
  await edge.broadcast();
  const viewer = await Viewer.open(test, address(edge, FLV));
  await viewer.until(FLV, ({ number }) => number > 25, 20);
  await edge.chain.kill();
  const notice = () => viewer.tab.evaluate("document.querySelector('.notice').hidden ? '' : document.querySelector('.notice').textContent");
  let said = "";
  for (const end = Date.now() + 10_000; said === "" && Date.now() < end; await pause(200)) said = await notice();
  test.check(/ended|Nobody/.test(said), `it says "${said}"`);
  test.check(/ended|Nobody/.test(await viewer.tab.evaluate("document.querySelector('#said').textContent")), "nobody is told that it ended");
  fs.rmSync(`${test.media}/hls/show`, { recursive: true });
  await edge.broadcast();
  for (const end = Date.now() + 25_000; (await notice()) !== "" && Date.now() < end;) await pause(200);
  test.check(await notice() === "", `it still says "${await notice()}"`);
  const [one, two] = [await viewer.look(FLV), (await pause(2000), await viewer.look(FLV))];
  const moved = (two.number - one.number) * FRAME;
  test.check(moved > 1 && moved < 4, `the picture goes from ${one.number} to ${two.number} in two seconds`);
  no_complaint(test, viewer, edge, (text) => text.includes("404"));
}

export default [
  { name: "page", what: "edge's page: three ways side by side, true latencies", run: side_by_side },
  { name: "page-rewind", what: "edge's page: back in the window, and live again", run: rewinds },
  { name: "page-keeps-up", what: "edge's page: pauses, and a server that stands still", run: keeps_up },
  { name: "page-keys", what: "edge's page with keys alone", run: keys },
  { name: "page-looks", what: "edge's page: accessibility, phone, dark", run: looks },
  { name: "page-on-demand", what: "edge's page: what is not live", run: on_demand },
  { name: "page-by-itself", what: "edge's page in a browser without Media Source Extensions", run: by_itself },
  { name: "page-comes-back", what: "edge's page: the publisher leaves and comes back", run: comes_back },
];
