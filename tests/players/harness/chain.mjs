// Runs the tools, in a folder of a case.
import { spawn } from "node:child_process";
import fs from "node:fs";

const BASH = ["-o", "pipefail", "-ec"];

/** Commands that run beside a player; they and all they start are one process group. */
export class Running {
  constructor(command, folder) {
    this.log = `${folder}/tools.log`;
    const log = fs.openSync(this.log, "a");
    this.child = spawn("bash", [...BASH, command], { cwd: folder, stdio: ["ignore", log, log], detached: true });
    fs.closeSync(log);
    this.ended = new Promise((resolve) => this.child.on("exit", (code, signal) => resolve(code ?? signal)));
  }

  /** Sends a signal to every process of the group that runs `name`, or to all. */
  signal(signal, name = undefined) {
    if (name === undefined) return this.#send(-this.child.pid, signal);
    for (const pid of fs.readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
      if (this.#runs(pid, name)) this.#send(Number(pid), signal);
    }
  }

  /** As from a terminal, so that files are finished; the exit status. */
  async stop() {
    this.signal("SIGINT", "ingest");
    return this.ended;
  }

  async kill() {
    this.signal("SIGKILL");
    return this.ended;
  }

  #runs(pid, name) {
    try {
      const [comm, rest] = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split("(")[1].split(") ");
      return comm === name.slice(0, 15) && Number(rest.split(" ")[2]) === this.child.pid;
    } catch {
      return false; // gone in the meantime
    }
  }

  #send(pid, signal) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
  }
}

/** Runs to the end; an error with what was said unless the status is 0. */
export async function run(command, folder) {
  const running = new Running(command, folder);
  const status = await running.ended;
  if (status !== 0) {
    throw new Error(`status ${status} from: ${command}\n${fs.readFileSync(running.log, "utf8").slice(-2000)}`);
  }
}
