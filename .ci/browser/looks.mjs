// What every page must satisfy, whoever made it.

import assert from "node:assert/strict";
import { test } from "node:test";
import axe from "axe-core";
import { DESKTOP, PHONE, screenshot, visit } from "./browser.mjs";

const WIDTHS = { wide: DESKTOP, phone: PHONE };
const ALL = ["light wide", "light phone", "dark wide", "dark phone"];
/** Enough for pages that share their frame with one that is seen in all ways. */
export const TWO = ["light wide", "dark phone"];

/**
 * Visits a page light and dark, wide and on a phone.
 * `allowed`: what isAccessible may find; `go`: how to visit, if the page is not to be loaded in peace.
 */
export function everyLook(name, url, { ways = ALL, allowed = [], go = visit } = {}) {
  const backgrounds = {};
  for (const way of ways) {
    const [colorScheme, width] = way.split(" ");
    test(`${name}, ${colorScheme}, ${width}: loads, is styled, fits, is accessible`, async () => {
      await go(url, async (page) => {
        await stylesApply(page);
        await picturesAreDecoded(page);
        await nothingStandsOut(page);
        await screenshot(page, `${name}-${colorScheme}-${width}`.replaceAll(/[^\w.-]+/g, "-"));
        await nameTheBackground(page);
        await isAccessible(page, allowed);
        backgrounds[colorScheme] = await brightness(page);
      }, { colorScheme, viewport: WIDTHS[width] });
    });
  }

  test(`${name}: dark is dark, and light is light`, () => {
    const seen = (scheme) => ways.some((way) => way.startsWith(scheme));
    if (seen("light")) assert.ok(backgrounds.light > 0.75, `brightness ${backgrounds.light} where light is wanted`);
    if (seen("dark")) assert.ok(backgrounds.dark < 0.25, `brightness ${backgrounds.dark} where dark is wanted`);
  });
}

/** Every style sheet of the page was read as one, and holds rules. */
async function stylesApply(page) {
  const sheets = await page.evaluate(() => [...document.styleSheets].map((sheet) => sheet.cssRules.length));
  assert.ok(sheets.length > 0, "no style sheet");
  assert.ok(sheets.every((rules) => rules > 0), `a style sheet without rules: ${sheets}`);
  const links = await page.locator("link[rel=stylesheet]").evaluateAll((all) => all
    .filter((link) => !link.disabled) // a theme that is not chosen
    .map((link) => [link.href, link.sheet !== null]));
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

/**
 * axe finds no violation, but for those in `allowed`: each is "rule selector", one rule on one element.
 * Rules for WCAG 2.2 A and AA, and axe's "best practice" ones.
 */
export async function isAccessible(page, allowed = []) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run({ rules: { "target-size": { enabled: true } } }));
  const found = violations
    .flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) => [`${id} ${target.join(" ")}`, html, failureSummary]))
    .filter(([violation]) => !allowed.includes(violation));
  assert.deepEqual(found, []);
}

/** How bright the page's background is: 0 is black, 1 is white. */
async function brightness(page) {
  const colours = await page.evaluate(() => [document.body, document.documentElement]
    .map((element) => getComputedStyle(element).backgroundColor));
  const colour = colours.find((colour) => colour !== "rgba(0, 0, 0, 0)");
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / (3 * 255);
}

/**
 * Gives a page without a background colour the one that the browser paints under it, which is dark
 * where the page allows it. axe does not know of that colour, and would take it for white.
 */
async function nameTheBackground(page) {
  await page.evaluate(() => {
    const root = document.documentElement;
    const transparent = [document.body, root].every((element) => getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)");
    if (transparent) root.style.backgroundColor = "Canvas";
  });
}
