// What the cases are made of: `ingest test:` in two renditions, with sound.
import fs from "node:fs";
import path from "node:path";
import { run } from "./chain.mjs";
import { SOURCE } from "./case.mjs";

const LADDER = `[[rendition]]
name = "360p"
width = 640
height = 360
bitrate = "800k"

[[rendition]]
name = "180p"
width = 320
height = 180
bitrate = "300k"
`;

export const INPUT = `test:size=${SOURCE.width}x${SOURCE.height},rate=${SOURCE.rate}`;

/** Writes ladder.toml, for transcode-ladder, into the folder of the media. */
export function ladder_file(test) {
  fs.writeFileSync(`${test.media}/ladder.toml`, LADDER);
}

/** Puts ladder.nut there: so many seconds, a key frame a second, cut at every second one. */
export async function ladder(test, seconds) {
  const kept = path.join(path.dirname(test.folder), `ladder-${seconds}.nut`);
  ladder_file(test);
  if (!fs.existsSync(kept)) {
    await run(`ingest ${INPUT} --duration ${seconds}s --log-level warning | transcode-ladder - --ladder ladder.toml ` +
      `--gop 1s --segment 2s --preset ultrafast --log-level warning -o ladder.nut && mv ladder.nut ${kept}`, test.media);
  }
  fs.symlinkSync(kept, `${test.media}/ladder.nut`);
}

/** The same as it is made, for as long as the case wants: a chain that ends with `last`. */
export function realtime(test, last, coding = "--gop 1s --segment 2s") {
  ladder_file(test);
  return `ingest ${INPUT} --realtime --log-level warning | transcode-ladder - --ladder ladder.toml --latency low ` +
    `${coding} --preset ultrafast --log-level warning | ${last}`;
}
