// What is asked of the figures a page gives; every fault is told with the figure.
import { pause } from "./chromium.mjs";
import { late_first_picture } from "./hls_js.mjs";

const list = (items, text) => items.slice(0, 5).map(text).join("; ") + (items.length > 5 ? `; ${items.length} in all` : "");
const s = (ms) => `${(ms / 1000).toFixed(2)} s`;
const t = (media) => `${media.toFixed(2)} s`;

export const text = {
  errors: (errors) => list(errors, (e) => `${e.fatal ? "fatal " : ""}${e.type} ${e.details} at ${t(e.media)}${e.why ? `: ${e.why}` : ""}`),
  stalls: (stalls) => list(stalls, (e) => `${s(e.length)} at ${t(e.media)}`),
  holes: (holes) => list(holes, (e) => `${e.length.toFixed(3)} s at ${t(e.media)}`),
};

/** Nothing went wrong: no error, no stall, no hole in what is buffered. */
export function smooth(test, figures, { errors = () => false, stalls = 0, holes = 0.05 } = {}) {
  const wrong = figures.errors.filter((error) => !errors(error) && !late_first_picture(error));
  test.check(wrong.length === 0, `errors: ${text.errors(wrong)}`);
  test.check(figures.error === null, `the video element says ${figures.error}`);
  test.check(figures.stalls.length <= stalls, `stalls: ${text.stalls(figures.stalls)}`);
  const wide = figures.holes.filter(({ length }) => length > holes);
  test.check(wide.length === 0, `holes: ${text.holes(wide)}`);
}

/** It moves with the clock from the first picture to now, and pictures and sound are decoded. */
export function moves(test, figures, { picture = true, sound = true, dropped = 0.05 } = {}) {
  if (picture) {
    test.check(figures.frames > 0, "no picture was decoded");
    test.check(figures.dropped <= figures.frames * dropped, `${figures.dropped} of ${figures.frames} pictures dropped`);
    test.say(`${figures.frames} pictures, ${figures.dropped} dropped`);
  }
  if (sound) test.check(figures.audioBytes > 0, "no sound was decoded");
}

/** From the first picture on, media time went on as fast as the clock, within `slack` seconds. */
export function keeps_time(test, figures, { slack = 0.5 } = {}) {
  if (!test.check(figures.begun !== undefined, "it never began to play")) return;
  const end = figures.events.findLast(({ name }) => name === "ended") ?? { at: figures.now, media: figures.media };
  const wall = (end.at - figures.begun) / 1000;
  const media = end.media - figures.first_media;
  test.check(Math.abs(wall - media) < slack, `${media.toFixed(2)} s of media took ${wall.toFixed(2)} s`);
  test.say(`${media.toFixed(1)} s in ${wall.toFixed(1)} s`);
}

/** The pieces of what was shown in which the distance between timecode and timeline is the same. */
export function pieces(figures, rate = 25) {
  const found = [];
  for (const { media, number } of figures.pictures) {
    const offset = number / rate - media;
    const piece = found.at(-1);
    if (piece && Math.abs(offset - piece.offset) < 1.5 / rate) {
      piece.count += 1;
      piece.end = media;
    } else {
      found.push({ offset, begin: media, end: media, count: 1 });
    }
  }
  return found;
}

/**
 * The pictures shown are those that belong there; how far the timecode is ahead of the timeline.
 * Players begin the timeline with the first time stamp for decoding or with that for showing, so
 * the delay of pictures that are out of order may be part of it: `slack`. They may begin it anew at
 * each of so many `breaks`.
 */
export function right_pictures(test, figures, { least = 10, rate = 25, offset = 0, slack = 3.5 / rate, breaks = 0 } = {}) {
  const found = pieces(figures, rate);
  const told = found.map((piece) => `${piece.offset.toFixed(3)} s from ${t(piece.begin)}, ${piece.count} pictures`);
  test.check(figures.pictures.length >= least, `only ${figures.pictures.length} pictures could be read`);
  test.check(figures.unreadable <= figures.pictures.length * 0.05, `${figures.unreadable} pictures cannot be read`);
  const jumps = found.slice(1).map((piece, i) => Math.abs(piece.offset - found[i].offset));
  test.check(jumps.length <= breaks && jumps.every((jump) => jump < slack), `the timecode jumps against the timeline: ${list(told, String)}`);
  const ahead = found[0]?.offset ?? 0;
  test.check(Math.abs(ahead - offset) < slack, `the timecode is ${ahead.toFixed(3)} s ahead, not ${offset}`);
  return ahead;
}

/**
 * Every seek shows the picture that belongs there, or one that is up to `late` seconds behind it;
 * `rest` milliseconds lie before each.
 */
export async function seeks(test, player, targets, { rate = 25, offset = 0, late = 0, rest = 0 } = {}) {
  for (const target of targets) {
    await pause(rest);
    const { media, number, took } = await player.seek(target);
    const wanted = Math.floor((target + offset) * rate + 0.01);
    const behind = number - wanted;
    test.check(number !== null && behind >= -1 && behind <= 1 + late * rate, `a seek to ${t(target)} shows picture ${number}, not ${wanted}`);
    const off = media - target;
    test.check(off > -1.5 / rate - 0.02 && off < late + 1.5 / rate + 0.02, `a seek to ${t(target)} shows what is of ${t(media)}`);
    test.check(took < 3000, `a seek to ${t(target)} took ${s(took)}`);
  }
}

/** The tone of each full second is heard when its picture is shown. */
export function in_step(test, figures, { offset = 0, early = 0.06, late = 0.12, least = 3 } = {}) {
  const distances = figures.tones.map(({ media }) => media + offset - Math.round(media + offset));
  test.check(distances.length >= least, `only ${distances.length} tones were heard`);
  const wrong = distances.filter((distance) => distance < -early || distance > late);
  test.check(wrong.length === 0, `tones are off by ${list(wrong, (d) => `${d.toFixed(3)} s`)}`);
  return distances;
}

/** Only these requests may be answered with an error. */
export function no_misses(test, allowed = () => false) {
  const missed = test.web.requests().filter((request) => request.status >= 400 && !allowed(request));
  test.check(missed.length === 0, `the server had no ${list(missed, ({ path, status }) => `${path} (${status})`)}`);
}
