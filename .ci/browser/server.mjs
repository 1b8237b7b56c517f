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
  const ended = once(child, "exit");
  process.on("exit", () => child.kill("SIGKILL")); // whatever happens to the tests, leave nothing behind
  const output = [];
  const complaints = [];
  child.stderr.setEncoding("utf8").on("data", (text) => complaints.push(text));

  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} printed no URL in ${DEADLINE} ms`)), DEADLINE);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${name} ended with code ${code}: ${complaints.join("")}`)));
    // Read on after the URL was found: a server whose standard output nobody reads would come to a halt.
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.push(line);
      const found = line.match(/http:\/\/127\.0\.0\.1:\d+\//);
      if (found) resolve(found[0]), clearTimeout(timer);
    });
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });

  const server = {
    name: [name, ...flags].join(" "),
    url,
    /** The lines printed so far, the access log among them. */
    output,
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
