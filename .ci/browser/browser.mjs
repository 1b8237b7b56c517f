// One browser for all tests; a fresh profile and a guard for each visit.

import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
assert.ok(existsSync(executablePath), `${executablePath} is missing: install Chromium, or set CHROMIUM`);

const browser = await chromium.launch({
  executablePath,
  args: [
    "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    // The network is cut: no other host can be found, by its name or by its address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});

/** Ends the browser. Nothing can be visited any more. */
export const closeBrowser = () => browser.close();

/**
 * Opens a page in a fresh profile and hands it to `look`. The visit fails if, at its end, the
 * guard has noted a problem: an error or a warning on the console, an exception, a failed request,
 * a status code of 400 or more, or a request for anything that is not on 127.0.0.1.
 */
export async function visit(url, look, options = {}) {
  await withPage(options, async (page, problems) => {
    await page.goto(url);
    await look(page);
    assert.deepEqual(problems, []);
  });
}

/** The same without a verdict: `look` gets the page, nothing loaded yet, and the list of problems. */
export async function withPage(options, look) {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(10_000);
  try {
    const problems = guard(context);
    await look(await context.newPage(), problems);
  } finally {
    await context.close();
  }
}

function guard(context) {
  const problems = [];
  const at = (request) => `${request.method()} ${request.url()}`;
  context.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    const needsNoServer = ["data:", "blob:", "file:"].includes(protocol);
    if (!needsNoServer && hostname !== "127.0.0.1") problems.push(`off this machine: ${at(request)}`);
  });
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => problems.push(`exception: ${error.error()}`));
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // The browser's own doing: the user left the page while something was still on its way.
    if (reason !== "net::ERR_ABORTED") problems.push(`failed: ${at(request)} (${reason})`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${at(response.request())}`);
  });
  return problems;
}

/** Writes a picture of the whole page, if $SCREENSHOTS names a folder. */
export async function screenshot(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
