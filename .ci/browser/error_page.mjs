// What step 2's server says when a file is not there: the one page that every student meets.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withPage } from "./browser.mjs";
import { everyLook } from "./looks.mjs";
import { at } from "./sample_server.mjs";

const missing = at("no/%3Cb%3Esuch%3C/b%3E/页.html");

/** As `visit`, for an address that is expected to be answered with 404, and with nothing else wrong. */
async function visitMissing(url, look, options = {}) {
  await withPage(options, async (page, problems) => {
    await page.goto(url);
    await look(page);
    assert.deepEqual(problems.toSorted(), [
      `404: GET ${url}`,
      "console: Failed to load resource: the server responded with a status of 404 (Not Found)",
    ]);
  });
}

everyLook("404 page", missing, { go: visitMissing });

test("404 page: says which path was looked for, letter by letter, and leads home", async () => {
  await visitMissing(missing, async (page) => {
    assert.match(await page.locator("main").innerText(), /\/no\/<b>such<\/b>\/页\.html/);
    assert.equal(await page.locator("b").count(), 0);
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("heading", { name: "This page came from your own server." }).waitFor();
  });
});
