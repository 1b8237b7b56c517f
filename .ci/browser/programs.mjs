// The sample programs of step 3, as a student meets them: the start page, the form, the upload.

import assert from "node:assert/strict";
import { test } from "node:test";
import { visit } from "./browser.mjs";
import { everyLook, TWO } from "./looks.mjs";
import { startServer } from "./server.mjs";

const server = await startServer("step3-cgi");
const at = (name) => `${server.url}cgi-bin/${name}`;

everyLook("start page of programs", at(""));
for (const name of ["form", "upload", "redirect", "environment"]) {
  everyLook(`program ${name}`, at(name), { ways: TWO });
}

test("start page of programs: every link leads to a program that answers", async () => {
  await visit(at(""), async (page) => {
    const links = await page.locator("dt a").evaluateAll((all) => all.map((link) => link.href));
    assert.ok(links.length >= 8, `${links.length} links`);
    for (const link of links) assert.equal((await page.request.get(link)).status(), 200, link);
  });
});

for (const [button, shows] of [["Send by POST", false], ["Send by GET", true]]) {
  test(`form: "${button}" sends what was typed, and it is shown as text`, async () => {
    await visit(at("form"), async (page) => {
      await page.getByLabel("Name").fill("Ada & <b>Sons</b> 你好");
      await page.getByLabel("Password").fill("secret");
      await page.getByRole("button", { name: button }).click();
      await page.getByText("This is what arrived.").waitFor();
      const text = await page.locator("main").innerText();
      assert.match(text, /Ada & <b>Sons<\/b> 你好/);
      assert.doesNotMatch(text, /secret/);
      assert.equal(page.url().includes("Ada"), shows);
    });
  });
}

test("upload: a file arrives whole", async () => {
  await visit(at("upload"), async (page) => {
    await page.getByLabel("A file").setInputFiles({ name: "页.bin", mimeType: "application/octet-stream", buffer: Buffer.alloc(100_000, 13) });
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("cell", { name: "100000" }).waitFor();
    assert.match(await page.locator("tbody").innerText(), /页\.bin/);
  });
});
