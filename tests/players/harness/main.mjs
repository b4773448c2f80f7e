// Runs the cases that are named, or all but the long ones; one line for each.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Case } from "./case.mjs";

const here = path.dirname(new URL(import.meta.url).pathname);

async function all() {
  const files = fs.readdirSync(path.join(here, "../cases")).filter((name) => name.endsWith(".mjs")).sort();
  const modules = await Promise.all(files.map((name) => import(`../cases/${name}`)));
  return modules.flatMap(({ default: cases }) => cases);
}

function options(words) {
  const chosen = { names: [] };
  for (let word; (word = words.shift()) !== undefined;) {
    if (word === "--report") chosen.report = words.shift();
    else if (["--keep", "--list", "--long"].includes(word)) chosen[word.slice(2)] = true;
    else if (word.startsWith("-")) throw new Error(`there is no ${word}; see tests/players/run --help`);
    else chosen.names.push(word);
  }
  return chosen;
}

function choose(cases, { names, long }) {
  if (names.length === 0) return cases.filter((one) => long || !one.long);
  const unknown = names.filter((name) => !cases.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`there is no case ${unknown.join(", ")}; --list shows all`);
  return cases.filter(({ name }) => names.includes(name));
}

async function perform(one, folder) {
  const begin = Date.now();
  let test;
  try {
    test = await Case.open(path.join(folder, one.name));
    await one.run(test);
  } catch (error) {
    test?.faults.push(error.stack ?? String(error));
  }
  await test?.close();
  return { name: one.name, seconds: (Date.now() - begin) / 1000, facts: test.facts, faults: test.faults, versions: test.versions };
}

function print({ name, seconds, facts, faults }) {
  console.log(`${faults.length === 0 ? "ok    " : "FAILED"} ${name.padEnd(18)} ${seconds.toFixed(0).padStart(4)} s  ${facts.join(", ")}`);
  for (const fault of faults) console.log(`         ${fault.replaceAll("\n", "\n           ")}`);
}

async function main() {
  const chosen = options(process.argv.slice(2));
  const cases = await all();
  if (chosen.list) {
    for (const { name, long, what } of cases) console.log(`${name.padEnd(18)} ${long ? "long  " : "      "} ${what}`);
    return 0;
  }
  const wanted = choose(cases, chosen);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "players-"));
  const results = [];
  for (const one of wanted) {
    results.push(await perform(one, folder));
    print(results.at(-1));
  }
  if (chosen.report) fs.writeFileSync(chosen.report, JSON.stringify(results, null, 1) + "\n");
  const failed = results.filter(({ faults }) => faults.length > 0).length;
  if (chosen.keep) console.log(`everything lies in ${folder}`);
  else fs.rmSync(folder, { recursive: true, force: true });
  console.log(`${results.at(-1)?.versions?.join(", ") ?? ""}: ${results.length - failed} of ${results.length} cases passed`);
  return failed === 0 ? 0 : 1;
}

main().then((status) => process.exit(status), (error) => {
  console.error(`players: ${error.message}`);
  process.exit(2);
});
