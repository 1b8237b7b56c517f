// A folder that step 2's server lists: names of all lengths, wide and on a phone.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { PHONE, visit } from "./browser.mjs";
import { everyLook } from "./looks.mjs";
import { startServer } from "./server.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "listing-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
for (const name of ["short.txt", "你好.txt", "50% off & more?.txt", `long-${"x".repeat(120)}.txt`]) {
  writeFileSync(path.join(folder, name), name);
}
const server = await startServer("step2-static-server", "--list", "--root", folder);

everyLook("listing", server.url);

test("listing: on a phone a short name stands on one line", async () => {
  await visit(server.url, async (page) => {
    const height = async (name) => (await page.getByRole("link", { name, exact: true }).boundingBox()).height;
    assert.equal(await page.getByRole("link").count(), 4);
    assert.ok(await height("short.txt") < 30, `${await height("short.txt")} pixels high`);
    assert.equal(await height("short.txt"), await height("你好.txt"));
  }, { viewport: PHONE });
});
