// Step 1's page: it claims to show the very bytes that the browser sent. The browser knows whether that is so.

import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.mjs";
import { everyLook } from "./looks.mjs";
import { startServer } from "./server.mjs";

const server = await startServer("step1-http-basics");
const at = (target) => new URL(target, server.url).href;

/** The first list of bytes on the page, put together again as it came over the connection. */
const shownHead = (page) => page.locator("main").evaluate((main) => {
  const list = main.querySelector("ol.xray").cloneNode(true);
  const marks = { SP: " ", CR: "\r", LF: "\n", HTAB: "\t" };
  for (const mark of list.querySelectorAll(".xray-byte")) mark.replaceWith(marks[mark.textContent]);
  return [...list.querySelectorAll(".xray-bytes")].map((bytes) => bytes.textContent).join("");
});

/** What the page says under "What it means". */
const meaning = (page) => page.locator("section", { hasText: "What it means" });

everyLook("x-ray", at("/tea/%E9%A1%B5?q=%3Cb%3E&lang=zh"));

test("x-ray: the bytes on the page are those that the browser sent", async () => {
  await visit(at("/"), async (page) => {
    const response = await page.goto(at("/a/b?x=1&y=2#fragment"));
    const [requestLine, ...fields] = (await shownHead(page)).split("\r\n");
    assert.equal(requestLine, "GET /a/b?x=1&y=2 HTTP/1.1");
    assert.deepEqual(fields.slice(-2), ["", ""], "the head ends with an empty line");

    const shown = fields.slice(0, -2).map((field) => field.toLowerCase()).toSorted();
    const sent = (await response.request().headersArray()).map(({ name, value }) => `${name}: ${value}`.toLowerCase());
    assert.deepEqual(shown, sent.toSorted());
  });
});

test("x-ray: the page counts the bytes of the head", async () => {
  await visit(at("/"), async (page) => {
    const { length } = await shownHead(page);
    assert.match(await page.locator("main > p").first().innerText(), new RegExp(`a head of ${length} bytes and no content`));
  });
});

test("x-ray: what the target means is said in plain text, Chinese too", async () => {
  await visit(at("/%E4%BD%A0%E5%A5%BD?q=bread+%26+butter"), async (page) => {
    assert.match(await meaning(page).innerText(), /你好/);
    assert.match(await meaning(page).innerText(), /bread & butter/);
  });
});

test("x-ray: each link that it offers is answered with the bytes of the new request", async () => {
  await visit(at("/"), async (page) => {
    const links = page.locator("#try a[href]");
    const count = await links.count();
    assert.ok(count >= 3, `only ${count} links`);
    for (let index = 0; index < count; index++) {
      const { pathname, search } = new URL(await links.nth(index).evaluate((link) => link.href));
      await Promise.all([page.waitForEvent("load"), links.nth(index).click()]);
      assert.equal((await shownHead(page)).split(" ")[1], pathname + search);
    }
  });
});

test("x-ray: a form sent by GET becomes the query", async () => {
  await visit(at("/"), async (page) => {
    await page.getByLabel("Name").fill("林");
    await page.getByLabel("Message").fill("1 + 1");
    await page.getByRole("button", { name: "Send by GET" }).click();
    await page.waitForURL("**/form?*");
    assert.match(await shownHead(page), /^GET \/form\?name=%E6%9E%97&message=1\+%2B\+1 HTTP\/1\.1\r\n/);
    assert.match(await meaning(page).innerText(), /name\s+林\s+message\s+1 \+ 1/);
  });
});

test("x-ray: a form sent by POST, by keyboard alone, becomes the content", async () => {
  await visit(at("/"), async (page) => {
    await page.getByLabel("Name").focus();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Lin");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("two & two");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/form");

    const content = "name=Lin&message=two+%26+two";
    const head = await shownHead(page);
    assert.match(head, /^POST \/form HTTP\/1\.1\r\n/);
    assert.match(head, new RegExp(`\r\nContent-Length: ${content.length}\r\n`, "i"));
    assert.ok((await page.locator("main").innerText()).includes(content));
    assert.match(await meaning(page).innerText(), /name\s+Lin\s+message\s+two & two/);
  });
});

test("x-ray: what the request carries is shown, not run", async () => {
  const attack = `<img src=x onerror="document.title='run'"></code></li></ol><b>`;
  const url = at(`/${encodeURIComponent(attack)}?${encodeURIComponent(attack)}=${encodeURIComponent(attack)}`);
  await visit(url, async (page) => {
    assert.ok((await meaning(page).innerText()).includes(attack));
    assert.equal(await page.locator("img").count(), 0);
    assert.notEqual(await page.title(), "run");
  });
});
