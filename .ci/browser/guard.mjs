// A check that cannot fail is worth nothing: here the guard of every visit is shown pages that are wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { withPage } from "./browser.mjs";
import { isAccessible } from "./looks.mjs";

/** Loads `html` as if a server had sent it, and says what the guard noted. */
async function noted(html) {
  let found;
  await withPage({}, async (page, problems) => {
    await page.route("http://127.0.0.1:9/**", (route) => (route.request().isNavigationRequest()
      ? route.fulfill({ contentType: "text/html", body: `<!DOCTYPE html><title>wrong</title>${html}` })
      : route.fulfill({ status: 404 })));
    await page.goto("http://127.0.0.1:9/");
    found = problems.join("\n");
  });
  return found;
}

test("guard: an error on the console is noted", async () => {
  assert.match(await noted(`<script>console.error("oh")</script>`), /^console: oh$/);
});

test("guard: a warning on the console is noted", async () => {
  assert.match(await noted(`<script>console.warn("hm")</script>`), /^console: hm$/);
});

test("guard: an exception is noted", async () => {
  assert.match(await noted(`<script>throw new Error("ouch")</script>`), /^exception: .*ouch/m);
});

test("guard: a file that is not there is noted", async () => {
  assert.match(await noted(`<img src="missing.png" alt="">`), /^404: GET .*missing\.png/m);
});

// 127.0.0.2 is this machine too; it stands for any address that is not the server's.
for (const elsewhere of ["https://cdn.example/style.css", "http://127.0.0.2:8000/style.css"]) {
  test(`guard: a request for ${elsewhere} is noted, and finds no host`, async () => {
    const found = (await noted(`<link rel="stylesheet" href="${elsewhere}">`)).split("\n");
    assert.ok(found.includes(`off this machine: GET ${elsewhere}`), found.join("\n"));
    assert.ok(found.includes(`failed: GET ${elsewhere} (net::ERR_NAME_NOT_RESOLVED)`), found.join("\n"));
  });
}

test("guard: a correct page passes", async () => {
  assert.equal(await noted("<p>Hello.</p>"), "");
});

test("guard: a field without a label is an accessibility violation", async () => {
  await withPage({}, async (page) => {
    await page.setContent(`<!DOCTYPE html><html lang="en"><title>t</title><main><h1>t</h1><input></main>`);
    await assert.rejects(() => isAccessible(page), /label input/);
    await assert.rejects(() => isAccessible(page, ["label textarea"]), /label input/);
    await isAccessible(page, ["label input"]);
  });
});
