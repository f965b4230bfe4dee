/** The book as its readers have it: built, served from a folder below the root, and opened in a real browser. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { browserPage } from "./browser.js";
import { root } from "./needs.js";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

export interface Book {
  /** Where it lies. */
  readonly folder: string;
  /** Where it is served, with `/` at the end. */
  readonly address: string;
  /** Opens a page in `look`; fails on errors of the page, on requests that fail, and on any to another host. */
  open(name: string, options: Parameters<typeof browserPage>[0], look: (page: Page) => Promise<void>): Promise<void>;
}

/** The book, built for the tests of this file; `words` go to who builds it. */
export function bookForTests(...words: string[]): Book {
  const parent = mkdtempSync(join(tmpdir(), "gradbook-book-"));
  const folder = join(parent, "some", "path");
  let server: Server;
  let address = "";

  beforeAll(async () => {
    const command = [join(root, "dist/book/main.js"), folder, ...words];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    if (status !== 0) throw new Error(`Expected the book to be built, received:\n${stderr}`);
    server = createServer(({ url = "/" }, response) => {
      const file = join(parent, decodeURIComponent(new URL(url, "http://book").pathname));
      if (!existsSync(file) || statSync(file).isDirectory()) return void response.writeHead(404).end();
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
      response.end(readFileSync(file));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`;
  });

  afterAll(() => {
    server.close();
    rmSync(parent, { recursive: true, force: true });
  });

  return {
    folder,
    get address() {
      return address;
    },
    open: (name, options, look) =>
      browserPage(options, async (page) => {
        const faults: string[] = [];
        page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
        page.on("pageerror", (error) => faults.push(error.message));
        page.on("request", (request) => {
          const { protocol } = new URL(request.url());
          const isOwn = request.url().startsWith(address) || protocol === "blob:" || protocol === "data:";
          if (!isOwn) faults.push(`asks for ${request.url()}`);
        });
        // A page that is left gives up what it still loads.
        const isGivenUp = (text?: string) => text === "net::ERR_ABORTED";
        page.on("requestfailed", (request) => {
          if (!isGivenUp(request.failure()?.errorText)) faults.push(`${request.url()} fails`);
        });
        await page.goto(address + name);
        await look(page);
        expect(faults).toEqual([]);
      }),
  };
}

/** Faults that axe finds serious or worse, in the page as it is. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`));
}
