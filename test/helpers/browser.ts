/** A page in a real browser, whose errors are collected: a test that uses it needs "a browser" (`needs.ts`). */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll } from "vitest";
import { browser } from "./needs.js";

function browserFile(): string {
  const command = browser();
  if (command === undefined) throw new Error("Expected a browser, received none: set GRADBOOK_BROWSER to one.");
  if (isAbsolute(command)) return command;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = process.platform === "win32" ? [`${command}.exe`] : [command];
  const file = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Expected ${command} on the PATH, received none.`);
  return file;
}

const switches = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"];

let running: Promise<Browser> | undefined;

/** A profile with nothing stored, in the browser of this test file; its pages share what they load. */
export async function newProfile(options: BrowserContextOptions): Promise<BrowserContext> {
  running ??= chromium.launch({ executablePath: browserFile(), args: [...switches, ...quiet], timeout: 0 });
  const context = await (await running).newContext(options);
  context.setDefaultTimeout(0); // A slow machine is no failure; vitest stops what hangs.
  return context;
}

/** Opens a page with nothing stored and runs `look` on it. */
export async function browserPage(options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void> {
  const context = await newProfile(options);
  try {
    await look(await context.newPage());
  } finally {
    await context.close();
  }
}

afterAll(async () => (await running)?.close());

/** Opens `html` and runs `look` on the page. Fails on any error of the page itself. */
export async function withPage(html: string, look: (page: Page) => Promise<void>, javaScriptEnabled = true) {
  await browserPage({ javaScriptEnabled }, async (page) => {
    const errors: string[] = [];
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.setContent(`<!doctype html><meta charset="utf-8"><body>${html}</body>`);
    await look(page);
    if (errors.length > 0) throw new Error(`Expected a page without errors, received: ${errors.join("; ")}`);
  });
}
