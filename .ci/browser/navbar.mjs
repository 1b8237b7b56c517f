// The navigation bar: by mouse, by keyboard, on a phone, without JavaScript.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PHONE, screenshot, visit } from "./browser.mjs";
import { isAccessible } from "./looks.mjs";
import { at } from "./sample_server.mjs";

const ABOUT = ["Résumé 简历", "Projects 项目", "Contact 联系方式"];

/** The parts of the bar, by the names that a screen reader would say. */
function parts(page) {
  const bar = page.getByRole("banner");
  return {
    about: bar.getByRole("button", { name: "About" }),
    menu: bar.getByRole("button", { name: "Menu" }),
    home: bar.getByRole("link", { name: "Home" }),
    contact: bar.getByRole("link", { name: "Contact" }),
    shop: bar.getByRole("link", { name: "Shop", disabled: true }),
    search: bar.getByRole("searchbox", { name: "Search this site" }),
  };
}

/** The name of what has the focus now. */
const focused = (page) => page.evaluate(() => {
  const { labels, ariaLabel, innerText } = document.activeElement;
  return (ariaLabel ?? labels?.[0]?.textContent ?? "") || innerText.replaceAll(/\s+/g, " ").trim();
});

async function assertOpen(control, links, open) {
  assert.equal(await control.getAttribute("aria-expanded"), String(open));
  assert.equal(await links.isVisible(), open);
}

const start = (look, options) => visit(at("simple_navbar.html"), (page) => look(page, parts(page)), options);

test("mouse: a click opens the drop-down, a second one closes it", async () => {
  await start(async (page, { about, contact }) => {
    await assertOpen(about, contact, false);
    await about.click();
    await assertOpen(about, contact, true);
    await isAccessible(page);
    await screenshot(page, "navbar-drop-down");
    await about.click();
    await assertOpen(about, contact, false);
  });
});

test("mouse: a click elsewhere closes the drop-down", async () => {
  await start(async (page, { about, contact }) => {
    await about.click();
    await page.getByRole("heading", { level: 1 }).click();
    await assertOpen(about, contact, false);
  });
});

test("mouse: each link of the bar leads where it says", async () => {
  await start(async (page, { about, contact, home }) => {
    await about.click();
    await contact.click();
    await page.waitForURL("**/contact.html");

    for (const name of ["Résumé", "Projects"]) { // these two stay on the page: the drop-down must close
      await about.click();
      assert.equal(await contact.getAttribute("aria-current"), "page");
      await page.getByRole("banner").getByRole("link", { name }).click();
      await page.waitForURL(/contact\.html#(resume|projects)$/);
      assert.ok(await page.getByRole("heading", { name }).isVisible());
      await assertOpen(about, contact, false);
    }

    await page.getByRole("link", { name: "Link 链接" }).click();
    await page.waitForURL("**/simple_navbar.html#look");
    assert.equal(await home.getAttribute("aria-current"), "page");
    await home.click();
    await page.waitForURL("**/simple_navbar.html");
  });
});

for (const key of ["Enter", "Space", "ArrowDown"]) {
  test(`keyboard: ${key} opens the drop-down, Escape closes it and goes back`, async () => {
    await start(async (page, { about, contact }) => {
      await about.focus();
      await page.keyboard.press(key);
      await assertOpen(about, contact, true);
      if (key !== "ArrowDown") await page.keyboard.press("Tab");
      assert.equal(await focused(page), ABOUT[0]);

      await page.keyboard.press("Escape");
      await assertOpen(about, contact, false);
      assert.equal(await focused(page), "About 关于");
    });
  });
}

test("keyboard: the arrows, Home and End move between the links of the drop-down", async () => {
  await start(async (page, { about }) => {
    await about.focus();
    const way = [
      ["ArrowDown", 0], ["ArrowDown", 1], ["ArrowDown", 2], ["ArrowDown", 2],
      ["ArrowUp", 1], ["Home", 0], ["ArrowUp", 0], ["End", 2],
    ];
    for (const [key, expected] of way) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), ABOUT[expected], key);
    }
  });
});

test("keyboard: Tab leaves the drop-down and closes it; Enter follows a link", async () => {
  await start(async (page, { about, contact }) => {
    await about.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Search this site");
    await assertOpen(about, contact, false);

    await about.focus();
    for (const key of ["ArrowDown", "End", "Enter"]) await page.keyboard.press(key);
    await page.waitForURL("**/contact.html");
  });
});

test("keyboard: Tab meets everything once, in reading order, and neither Shop nor what is closed", async () => {
  await start(async (page) => {
    const met = [];
    for (let stop = 0; stop < 7; stop++) {
      await page.keyboard.press("Tab");
      met.push(await focused(page));
    }
    assert.deepEqual(met, [
      "Skip to the content", "Loopback", "Home 主页", "Link 链接", "About 关于", "Search this site", "Search",
    ]);
  });
});

test("keyboard: what has the focus can be seen", async () => {
  await start(async (page) => {
    for (let stop = 0; stop < 7; stop++) {
      await page.keyboard.press("Tab");
      const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      assert.equal(outline, "solid", await focused(page));
    }
  });
});

test("keyboard: the first stop leads past the bar", async () => {
  await start(async (page) => {
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**#content");
  });
});

test("the disabled entry says so, and does nothing", async () => {
  await start(async (page, { shop }) => {
    assert.ok(await shop.isVisible());
    const before = page.url();
    await shop.click({ force: true });
    await shop.evaluate((entry) => entry.focus());
    assert.ok(!(await shop.evaluate((entry) => entry === document.activeElement)), "it took the focus");
    assert.equal(page.url(), before);
  });
});

test("phone: the menu button opens and closes the bar", async () => {
  await start(async (page, { menu, home, about, contact }) => {
    await assertOpen(menu, home, false);
    await menu.click();
    await assertOpen(menu, home, true);
    await about.click();
    await assertOpen(about, contact, true);
    await isAccessible(page);
    await screenshot(page, "navbar-phone");

    await page.keyboard.press("Escape"); // the innermost first
    await assertOpen(about, contact, false);
    await assertOpen(menu, home, true);
    await page.keyboard.press("Escape");
    await assertOpen(menu, home, false);
    assert.equal(await focused(page), "Menu");
  }, { viewport: PHONE });
});

test("phone: a link to the same page closes the menu", async () => {
  await start(async (page, { menu, home }) => {
    await menu.click();
    await page.getByRole("link", { name: "Link 链接" }).click();
    await page.waitForURL("**#look");
    await assertOpen(menu, home, false);
  }, { viewport: PHONE });
});

for (const [width, viewport] of Object.entries({ wide: undefined, phone: PHONE })) {
  test(`without JavaScript, ${width}: every link can be reached by keyboard`, async () => {
    await start(async (page, { menu, home, about, contact }) => {
      assert.ok(await home.isVisible());
      assert.ok(await menu.isHidden(), "a button that would do nothing");
      await about.focus();
      await contact.waitFor();
      for (let stop = 0; stop < 3; stop++) await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await page.waitForURL("**/contact.html");
    }, { javaScriptEnabled: false, ...(viewport && { viewport }) });
  });
}
