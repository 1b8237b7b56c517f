// Starts a server of this workspace on a free port, and stops it as a user would: by a signal.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const workspace = fileURLToPath(new URL("../../", import.meta.url));
const targetDir = path.resolve(workspace, process.env.TARGET_DIR ?? "target");
const DEADLINE = 10_000;

/** All servers that run: the last tests stop them (end.mjs). */
export const servers = [];

/**
 * Starts target/debug/NAME with `--port 0` and the given flags.
 * Resolves once the server has printed the URL where it listens.
 */
export async function startServer(name, ...flags) {
  const program = path.join(targetDir, "debug", name);
  assert.ok(existsSync(program), `${program} is missing: run "cargo build -p ${name}", or set TARGET_DIR`);

  const child = spawn(program, ["--port", "0", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
  process.on("exit", () => child.kill("SIGKILL")); // whatever happens to the tests, leave nothing behind
  const ended = once(child, "exit");

  const complaints = [];
  child.stderr.setEncoding("utf8").on("data", (text) => complaints.push(text));
  // Read to the end: a server whose standard output nobody reads would come to a halt.
  const printed = [];
  const reader = createInterface({ input: child.stdout }).on("line", (line) => printed.push(line));

  /** Waits for a line of the standard output that matches, printed already or yet to come. */
  async function line(pattern) {
    const signal = AbortSignal.timeout(DEADLINE);
    for (;;) {
      const found = printed.map((text) => text.match(pattern)).find(Boolean);
      if (found) return found[0];
      await once(reader, "line", { signal }).catch(() => {
        throw new Error(`${name} printed nothing like ${pattern} in ${DEADLINE} ms, but:\n${printed.join("\n")}`);
      });
    }
  }

  const tooEarly = ended.then(([code]) => {
    throw new Error(`${name} ended with code ${code}: ${complaints.join("")}`);
  });
  const url = await Promise.race([line(/http:\/\/127\.0\.0\.1:\d+\//), tooEarly]).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  tooEarly.catch(() => {}); // from here on, an end is no surprise

  const server = {
    name: [name, ...flags].join(" "),
    url,
    line,
    /** Asks the server to end (SIGTERM) and checks that it did so in peace. */
    async stop() {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
      const [code, signal] = await ended;
      clearTimeout(timer);
      assert.equal(signal ?? code, 0, `${name} after SIGTERM`);
      assert.equal(complaints.join(""), "", `${name} wrote to standard error`);
    },
  };
  servers.push(server);
  return server;
}
