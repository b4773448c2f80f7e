// Makes C++ of the player page: every file compressed, with what HTTP says of it.
//
// usage: node pack.mjs OUTPUT.cpp MODULES     (the folder npm installed into)
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

const here = path.dirname(new URL(import.meta.url).pathname);
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

/** What a package says of its licence, and of code of others that is built into it. */
function licences_of(folder) {
  const folders = [folder, `${folder}/dist`].filter((one) => fs.existsSync(one));
  const files = folders.flatMap((one) => fs.readdirSync(one).filter((name) => /licen[cs]e/i.test(name)).map((name) => `${one}/${name}`));
  if (files.length === 0) throw new Error(`${folder} has no licence beside it`);
  return files.map((name) => fs.readFileSync(name, "utf8").trim());
}

function licences(modules) {
  const texts = fs.readdirSync(modules).filter((name) => !name.startsWith(".")).sort().map((name) => {
    const { version, license } = JSON.parse(fs.readFileSync(`${modules}/${name}/package.json`));
    return `${name} ${version} (${license})\n\n${licences_of(`${modules}/${name}`).join("\n\n")}\n`;
  });
  return `The player page of Weir holds these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

function literal(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 64) {
    const text = [...bytes.subarray(at, at + 64)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`);
    lines.push(`    "${text.join("")}"`);
  }
  return lines.join("\n");
}

function row(name, bytes) {
  const url = name === "index.html" ? "/" : `/page/${name}`;
  const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 20);
  const gzip = gzipSync(bytes, { level: 9 });
  return `  {"${url}", "${TYPES[path.extname(name)]}", "\\"${etag}\\"", std::string_view(\n${literal(gzip)}, ${gzip.length})},`;
}

const [output, modules] = process.argv.slice(2);
if (!fs.existsSync(modules)) {
  fs.copyFileSync(`${here}/none.cpp`, output); // they could not be fetched, which was said
  process.exit();
}
const own = fs.readdirSync(here).filter((name) => /\.(html|css|js|svg)$/.test(name)).sort();
const files = new Map(own.map((name) => [name, fs.readFileSync(`${here}/${name}`)]));
files.set("hls.min.js", fs.readFileSync(`${modules}/hls.js/dist/hls.min.mjs`));
files.set("hls.worker.js", fs.readFileSync(`${modules}/hls.js/dist/hls.worker.js`));
files.set("mpegts.js", fs.readFileSync(`${modules}/mpegts.js/dist/mpegts.js`));
files.set("licences.txt", Buffer.from(licences(modules)));

fs.writeFileSync(output, `// Made by pack.mjs.
#include <array>

#include "edge/page_http.h"

namespace weir::edge {

std::span<const PageFile> page_files() {
  static constexpr std::array<PageFile, ${files.size}> kFiles{{
${[...files].map(([name, bytes]) => row(name, bytes)).join("\n")}
  }};
  return kFiles;
}

}  // namespace weir::edge
`);
