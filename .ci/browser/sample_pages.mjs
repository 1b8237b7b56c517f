// The two pages of www/: what they hold, and that each file arrives as what it is.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { visit, withPage } from "./browser.mjs";
import { everyLook } from "./looks.mjs";
import { at } from "./sample_server.mjs";
import { workspace } from "./server.mjs";

const PAGES = ["simple_navbar.html", "contact.html"];

for (const file of PAGES) {
  everyLook(file, at(file));

  test(`${file}: no link is dead, neither its file nor its fragment`, async () => {
    await visit(at(file), async (page) => {
      const { checked, dead } = await page.evaluate(async () => {
        const links = [...document.querySelectorAll("a[href]")].filter((link) => link.protocol === "http:");
        const dead = [];
        for (const { href, hash } of links) {
          const response = await fetch(href);
          const target = new DOMParser().parseFromString(await response.text(), "text/html");
          if (!response.ok || (hash && !target.getElementById(hash.slice(1)))) dead.push(href);
        }
        return { checked: links.length, dead };
      });
      assert.deepEqual(dead, []);
      assert.ok(checked >= 7, `only ${checked} links were found`);
    });
  });

  test(`${file}: each icon is a picture`, async () => {
    await visit(at(file), async (page) => {
      const widths = await page.evaluate(() => Promise.all(
        [...document.querySelectorAll("link[rel=icon]")].map(async (link) => {
          const image = new Image();
          image.src = link.href;
          await image.decode();
          return image.naturalWidth;
        }),
      ));
      assert.equal(widths.length, 2);
      assert.ok(widths.every((width) => width > 0), String(widths));
    });
  });
}

test("each file is sent with its media type", async () => {
  await withPage({}, async (page) => {
    const types = {};
    page.on("response", (response) => {
      types[new URL(response.url()).pathname] = response.headers()["content-type"];
    });
    await page.goto(at("simple_navbar.html"));
    const { ["/favicon.ico"]: _asked_or_not, ...files } = types;
    assert.deepEqual(files, {
      "/simple_navbar.html": "text/html; charset=utf-8",
      "/css/page.css": "text/css; charset=utf-8",
      "/css/navbar.css": "text/css; charset=utf-8",
      "/js/navbar.js": "text/javascript; charset=utf-8",
      "/js/page.js": "text/javascript; charset=utf-8",
      "/img/icon.svg": "image/svg+xml",
      "/img/exchange.svg": "image/svg+xml",
      "/img/stamp.png": "image/png",
    });
  });
});

test("/ is the page with the navigation bar", async () => {
  await visit(at("/"), async (page) => {
    assert.equal(await page.locator("h1").textContent(), "This page came from your own server.");
  });
});

test("Chinese text reads right", async () => {
  await visit(at("simple_navbar.html"), async (page) => {
    assert.equal(await page.evaluate(() => document.characterSet), "UTF-8");
    assert.equal(await page.locator(".chinese-title:lang(zh)").textContent(), "这个页面来自你自己的服务器。");
  });
});

test("Chinese text reads right even where the server does not name the charset: the page does", async () => {
  await withPage({}, async (page) => {
    await page.route("**/*.html", async (route) => {
      const response = await route.fetch();
      return route.fulfill({ response, contentType: "text/html" });
    });
    for (const file of PAGES) {
      await page.goto(at(file));
      assert.equal(await page.evaluate(() => document.characterSet), "UTF-8", file);
    }
  });
});

test("the contact page holds an address block", async () => {
  await visit(at("contact.html"), async (page) => {
    const labels = await page.locator("address dt").allTextContents();
    assert.deepEqual(labels, ["E-mail 电子邮件", "Address 地址", "Postal code 邮政编码", "Phone 联系电话"]);
    const values = await page.locator("address dd").allTextContents();
    assert.ok(values.length === 4 && values.every((value) => value.trim()), String(values));
  });
});

test("movement only for those who like it", async () => {
  const scrolling = (page) => page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior);
  await visit(at("contact.html"), async (page) => assert.equal(await scrolling(page), "auto"), { reducedMotion: "reduce" });
  await visit(at("contact.html"), async (page) => assert.equal(await scrolling(page), "smooth"), { reducedMotion: "no-preference" });
});

test("a style sheet that is said to be plain text is refused, and the page says where to look", async () => {
  await withPage({}, async (page) => {
    await page.route("**/page.css", async (route) => {
      const response = await route.fetch();
      return route.fulfill({ response, contentType: "text/plain" });
    });
    await page.goto(at("simple_navbar.html"));
    assert.ok(await page.getByText("the style sheet did not arrive").isVisible());
  });
  await visit(at("simple_navbar.html"), async (page) => {
    assert.ok(await page.getByText("the style sheet did not arrive").isHidden());
  });
});

test("opened as a file, the page says that no server was asked", async () => {
  const note = (page) => page.locator("#file-note");
  await withPage({}, async (page) => {
    await page.goto(pathToFileURL(path.join(workspace, "www/simple_navbar.html")).href);
    assert.match(await note(page).innerText(), /^This page was opened as a file/);
  });
  await visit(at("simple_navbar.html"), async (page) => assert.ok(await note(page).isHidden()));
});

test("the curl command names the port that this server has", async () => {
  await visit(at("simple_navbar.html"), async (page) => {
    await page.getByText(`curl -v ${at("/")}`).waitFor();
  });
});
