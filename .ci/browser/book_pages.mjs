// The book's first pages, served by step 2's server.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { DESKTOP, PHONE, screenshot, visit } from "./browser.mjs";
import { TWO, everyLook } from "./looks.mjs";
import { startServer, workspace } from "./server.mjs";

const html = path.join(workspace, "book/build/html");
assert.ok(existsSync(html), `${html} is missing: run "cargo run -p book -- --build-only"`);
const server = await startServer("step2-static-server", "--root", html);
const at = (page) => new URL(page, server.url).href;

// Chapters 0 to 3, as the table of contents has them.
const summary = readFileSync(path.join(workspace, "book/src/SUMMARY.md"), "utf8");
const pages = [...summary.matchAll(/\((ch0[0-3][^)]*)\.md\)/g)].map(([, name]) => `${name}.html`);
assert.ok(pages.length > 10, `the table of contents lists only ${pages.length} pages`);

// All of these lie in mdBook's own page template, outside of what this book writes.
const ALLOWED_IN_TEMPLATE = [
  // The button that hides the sidebar is a <label> of a check box, so that it works without JavaScript;
  // it carries the name and the state of a button, which a label may not.
  "aria-allowed-attr #mdbook-sidebar-toggle",
  "aria-prohibited-attr #mdbook-sidebar-toggle",
  // The bar above the text (buttons, title, print link) is a <div>, not a landmark.
  "region #mdbook-sidebar-toggle",
  "region .menu-title",
  "region .right-buttons",
];

everyLook("book index.html", at("index.html"), { allowed: ALLOWED_IN_TEMPLATE });
// Chapters 0 and 1 in two ways; the pages of later chapters, which share their form, in one of the two in turn.
for (const [count, page] of pages.entries()) {
  const ways = /^ch0[01]/.test(page) ? TWO : [TWO[count % 2]];
  everyLook(`book ${page}`, at(page), { allowed: ALLOWED_IN_TEMPLATE, ways });
}

const start = (look, options) => visit(at("index.html"), look, options);
const sidebar = (page) => page.getByRole("navigation", { name: "Table of contents" });

test("book: the sidebar lists the chapters, and leads to them", async () => {
  await start(async (page) => {
    const links = await sidebar(page).getByRole("link").evaluateAll((all) => all.map((link) => new URL(link.href).pathname.slice(1)));
    for (const name of pages.filter((name) => !name.includes("/"))) assert.ok(links.includes(name), `${name} is not in ${links}`);
    await sidebar(page).getByRole("link", { name: "What happens when you press Enter" }).click();
    await page.waitForURL("**/ch01-press-enter.html");
    await sidebar(page).getByRole("link", { name: "The request", exact: false }).first().click();
    await page.waitForURL("**/ch01-press-enter/request.html");
  });
});

for (const [width, viewport, open] of [["wide", DESKTOP, true], ["phone", PHONE, false]]) {
  test(`book, ${width}: the sidebar is ${open ? "open" : "closed"} at first, and its button toggles it`, async () => {
    await start(async (page) => {
      for (const expected of [open, !open, open]) {
        await page.waitForFunction((expected) => { // it slides in, and out
          const { left, right } = document.querySelector("#mdbook-sidebar a").getBoundingClientRect();
          const inView = right > 0 && left < innerWidth;
          const { ariaExpanded } = document.getElementById("mdbook-sidebar-toggle");
          return inView === expected && ariaExpanded === String(expected);
        }, expected);
        await page.locator("#mdbook-sidebar-toggle").click();
      }
    }, { viewport });
  });
}

test("book: a theme can be chosen by keyboard, and is kept", async () => {
  await start(async (page) => {
    const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await background();
    const toggle = page.getByRole("button", { name: "Change theme" });
    await toggle.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "Navy" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.classList.contains("navy"));
    assert.notEqual(await background(), light);
    await page.reload();
    assert.notEqual(await background(), light);
  });
});

test("book: the search finds what the book is about", async () => {
  await start(async (page) => {
    await page.keyboard.press("/");
    await page.getByRole("searchbox").waitFor();
    await page.keyboard.type("server");
    await page.locator("#mdbook-searchresults a").first().waitFor();
    await screenshot(page, "book-search");
  });
});

test("book: Chinese text reads right", async () => {
  await visit(at("app-glossary.html"), async (page) => {
    assert.equal(await page.evaluate(() => document.characterSet), "UTF-8");
    assert.ok((await page.locator("main").innerText()).includes("请求"));
  });
});

test("book: a quiz tells right from wrong, by mouse and by keyboard", async () => {
  await visit(at("ch01-press-enter/practice.html"), async (page) => {
    const question = page.locator(".quiz-question").first();
    const verdict = question.getByRole("status");
    const right = await question.locator(".quiz-right[data-answer]").getAttribute("data-answer");

    await question.getByRole("button", { name: "Check" }).click();
    assert.equal(await verdict.innerText(), "Choose an answer first.");

    for (const answer of await question.getByRole("radio").all()) {
      await answer.check();
      await question.getByRole("button", { name: "Check" }).click();
      assert.match(await verdict.innerText(), (await answer.inputValue()) === right ? /^Right\. ./ : /^Not so\. ./);
    }

    const before = page.url();
    await question.getByRole("radio").first().focus();
    await page.keyboard.press("ArrowRight"); // the next answer; elsewhere in the book, the next page
    assert.equal(await verdict.innerText(), "");
    await page.keyboard.press("Enter");
    assert.match(await verdict.innerText(), /^(Right|Not so)\. ./);
    assert.equal(page.url(), before);
  });
});
