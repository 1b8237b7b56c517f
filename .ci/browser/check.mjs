// Drives a real browser over everything that a student looks at.
//
//   npm ci && node check.mjs
//
// The servers must be built before (cargo build -p step1-http-basics -p step2-static-server), and
// the book too (cargo run -p book -- --build-only). What is missing is a failure, never a skip.
//
//   TARGET_DIR    cargo's target folder            (default: target/ of the workspace)
//   CHROMIUM      the browser                      (default: /usr/bin/chromium)
//   SCREENSHOTS   a folder to write pictures to    (default: none are written)

import "./guard.mjs"; //        does the guard that all the others lean on notice anything?
import "./sample_pages.mjs"; // www/: what each page looks like and holds
import "./navbar.mjs"; //       www/: the bar, by mouse, by keyboard, on a phone, without JavaScript
import "./search.mjs"; //       www/: the search form, and the notes that the page writes
//import "./xray_page.mjs"; //    step 1: the page that shows the bytes of its own request
//import "./book_pages.mjs"; //   the book's first pages, served by step 2
import "./end.mjs"; //          the browser closes, the servers end in peace
