// The end: the browser leaves, and each server, asked to stop, does so in peace.

import { test } from "node:test";
import { closeBrowser } from "./browser.mjs";
import { servers } from "./server.mjs";

test("the browser closes", closeBrowser);

for (const server of servers) {
  test(`${server.name}: ends with code 0 after SIGTERM, and has had nothing to complain about`, () => server.stop());
}
