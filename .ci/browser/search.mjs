// The search form: what is typed becomes the query of the URL, and the page may show it but never run it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.mjs";
import { at, logged } from "./sample_server.mjs";

const field = (page) => page.getByRole("searchbox", { name: "Search this site" });
const note = (page) => page.getByRole("status");

test("without a search there is no note", async () => {
  for (const query of ["", "?", "?q=", "?other=1"]) {
    await visit(at(`simple_navbar.html${query}`), async (page) => assert.ok(await page.locator("#search-note").isHidden()));
  }
});

for (const file of ["simple_navbar.html", "contact.html"]) {
  for (const how of ["Enter", "the button"]) {
    test(`${file}: a search by ${how} arrives on the first page, Chinese words too`, async () => {
      await visit(at(file), async (page) => {
        await field(page).fill("你好 & 1+1");
        if (how === "Enter") await page.keyboard.press("Enter");
        else await page.getByRole("search").getByRole("button", { name: "Search" }).click();

        await page.waitForURL("**/simple_navbar.html?q=*");
        assert.equal(new URL(page.url()).search, "?q=%E4%BD%A0%E5%A5%BD+%26+1%2B1");
        assert.match(await note(page).innerText(), /^You searched for “你好 & 1\+1”\./);
        assert.equal(await field(page).inputValue(), "你好 & 1+1");
      });
    });
  }
}

test("the server saw the query: it stands in the access log", async () => {
  await visit(at("simple_navbar.html?q=lantern"), async () => {
    await logged(/"GET \/simple_navbar\.html\?q=lantern HTTP\/1\.1" 200 /);
  });
});

test("words that look like HTML are shown, not run", async () => {
  const attack = `<img src=x onerror="document.title='run'"><b>bold</b>`;
  await visit(at(`simple_navbar.html?q=${encodeURIComponent(attack)}`), async (page) => {
    assert.ok((await note(page).innerText()).includes(attack));
    assert.equal(await note(page).locator("*").count(), 0);
    assert.notEqual(await page.title(), "run");
  });
});
