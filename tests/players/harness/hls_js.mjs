// What hls.js 1.7.4 says that is no fault of what it plays.

/**
 * It counts the first segment of sound in MPEG-TS as not appended when pictures have a delay for their
 * order, and goes on. It says the same of what ffmpeg writes.
 */
export function first_sound_of_ts({ details, fatal, media, name }) {
  return !fatal && details === "bufferAppendNoProgress" && media < 1 && /\.(ts|aac)$/.test(name ?? "");
}

/** It takes a picture that is decoded late for a stall, also with more than a second ahead in the buffer. */
export function busy_machine({ details, fatal, why }) {
  return !fatal && details === "bufferStalledError" && Number(/"len":([\d.]+)/.exec(why)?.[1]) > 1;
}

/** It begins at 0, where the first picture is not yet that waits for its turn, and goes there. */
export function late_first_picture({ details, fatal, media }) {
  return !fatal && details === "bufferSeekOverHole" && media < 0.3;
}
