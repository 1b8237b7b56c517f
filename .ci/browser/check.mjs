// Drives a real browser over everything that a student looks at.
//
//   npm ci && node check.mjs [PART…]
//
// The servers must be built before (cargo build -p step1-http-basics -p step2-static-server -p step3-cgi), and
// the book too (cargo run -p book -- --build-only). What is missing is a failure, never a skip.
//
//   TARGET_DIR    cargo's target folder            (default: target/ of the workspace)
//   CHROMIUM      the browser                      (default: /usr/bin/chromium)
//   SCREENSHOTS   a folder to write pictures to    (default: none are written)

import { test } from "node:test";

const parts = [
  "guard", //        does the guard that all the others lean on notice anything?
  "sample_pages", // www/: what each page looks like and holds
  "navbar", //       www/: the bar, by mouse, by keyboard, on a phone, without JavaScript
  "search", //       www/: the search form, and the notes that the page writes
  "error_page", //   step 2: what it says when a file is not there
  "listing", //      step 2: a folder as a page
  "programs", //     step 3: the sample programs, clicked through
  "xray_page", //    step 1: the page that shows the bytes of its own request
  "book_pages", //   the book's first pages, served by step 2
  "end", //          the browser closes, the servers end in peace
];
const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!parts.includes(name)) throw new Error(`there is no part "${name}"; there are ${parts.join(", ")}`);
}

// One after the other: each starts what it needs, and the end must come last.
for (const part of parts) {
  if (wanted.length > 0 && !wanted.includes(part) && part !== "end") continue;
  try {
    await import(`./${part}.mjs`);
  } catch (error) {
    test(`${part}: what it needs is there`, () => { throw error; });
  }
}
