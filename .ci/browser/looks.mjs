// What every page must satisfy, whoever made it.

import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { DESKTOP, PHONE, screenshot, visit } from "./browser.mjs";

/**
 * Visits a page light and dark, wide and on a phone. `address` is a function, since the server's
 * port is known only when the tests run; `allowed` names axe's rules that this page may break.
 */
export function everyLook(name, address, { allowed = [] } = {}) {
  const backgrounds = {};
  for (const colorScheme of ["light", "dark"]) {
    for (const [width, viewport] of Object.entries({ wide: DESKTOP, phone: PHONE })) {
      test(`${name}, ${colorScheme}, ${width}: loads, is styled, fits, is accessible`, async () => {
        await visit(address(), async (page) => {
          await stylesApply(page);
          await picturesAreDecoded(page);
          await nothingStandsOut(page);
          await isAccessible(page, allowed);
          backgrounds[colorScheme] = await brightness(page);
          await screenshot(page, `${name}-${colorScheme}-${width}`.replaceAll(/[^\w.-]+/g, "-"));
        }, { colorScheme, viewport });
      });
    }
  }

  test(`${name}: dark is dark, and light is light`, () => {
    assert.ok(backgrounds.light > 0.75, `brightness ${backgrounds.light} where light is wanted`);
    assert.ok(backgrounds.dark < 0.25, `brightness ${backgrounds.dark} where dark is wanted`);
  });
}

/** Every style sheet of the page was read as one, and holds rules. */
async function stylesApply(page) {
  const sheets = await page.evaluate(() => [...document.styleSheets].map((sheet) => sheet.cssRules.length));
  assert.ok(sheets.length > 0, "no style sheet");
  assert.ok(sheets.every((rules) => rules > 0), `a style sheet without rules: ${sheets}`);
  const links = await page.locator("link[rel=stylesheet]").evaluateAll((all) => all.map((link) => [link.href, link.sheet !== null]));
  for (const [href, applied] of links) assert.ok(applied, `${href} was not applied`);
}

async function picturesAreDecoded(page) {
  const pictures = await page.evaluate(() => Promise.all([...document.images].map(async (image) => {
    await image.decode().catch(() => {}); // waits; the size below tells how it ended
    return [image.src, image.naturalWidth];
  })));
  for (const [src, width] of pictures) assert.ok(width > 0, `${src} could not be decoded`);
}

/** Nothing is wider than the window. */
async function nothingStandsOut(page) {
  const { content, view } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    view: document.documentElement.clientWidth,
  }));
  assert.ok(content <= view, `the content is ${content} px wide, the window ${view} px`);
}

export async function isAccessible(page, allowed = []) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const found = violations
    .filter(({ id }) => !allowed.includes(id))
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary}`));
  assert.deepEqual(found, []);
}

/** How bright the page's background is: 0 is black, 1 is white. */
async function brightness(page) {
  const color = await page.evaluate(() => {
    const opaque = (element) => {
      const color = getComputedStyle(element).backgroundColor;
      return color === "rgba(0, 0, 0, 0)" ? null : color;
    };
    return opaque(document.body) ?? opaque(document.documentElement);
  });
  assert.ok(color, "the page has no background colour of its own");
  const [red, green, blue] = color.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / (3 * 255);
}
