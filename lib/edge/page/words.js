// Figures as people read them.

export const KINDS = {
  ll: { name: "Low latency", full: "low-latency HLS" },
  hls: { name: "HLS", full: "HLS" },
  flv: { name: "FLV", full: "HTTP-FLV" },
};

/** "0:07", "1:02:03". */
export function time(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "7 seconds", "1 minute 2 seconds", to be heard. */
export function spoken(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const part = (n, word) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? "" : "s"}`]);
  const parts = [...part(Math.floor(whole / 3600), "hour"), ...part(Math.floor(whole / 60) % 60, "minute"), ...part(whole % 60, "second")];
  return parts.join(" ") || "0 seconds";
}

/** "2.3 s", "14 s"; a dash for what is not known. */
export function short(seconds) {
  if (seconds === null || !Number.isFinite(seconds)) return "–";
  return Math.abs(seconds) < 10 ? `${seconds.toFixed(1)} s` : `${seconds.toFixed(0)} s`;
}

/** "2.4 Mb/s". */
export function rate(bits) {
  if (!bits) return "";
  return bits >= 1e6 ? `${(bits / 1e6).toFixed(1)} Mb/s` : `${Math.round(bits / 1e3)} kb/s`;
}

export function count(n, word) {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
