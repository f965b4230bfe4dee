/** JupyterLab as a user has it: `gradbook lab` in a folder, and the notebook of it in a real browser. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { newProfile } from "./browser.js";
import { frontEnds } from "./front-ends.js";
import { gradbookCommand } from "./notebook.js";
import { freePort } from "./port.js";

export interface Lab {
  /** Opens a notebook of the folder in a page of its own; waits until its kernel is idle, and ends it when the page is closed. */
  open(notebook: string, look: (page: Page) => Promise<void>): Promise<void>;
  /** Opens what JupyterLab itself opens in the user's browser; waits until its kernel is idle. */
  openFirst(look: (page: Page) => Promise<void>): Promise<void>;
  /** What the command has said so far. */
  said(): string;
  end(): Promise<void>;
}

/** Stands for the user's browser: notes the address that it is to open. */
const browserProgram = 'import { writeFileSync } from "node:fs";\nwriteFileSync("opened", process.argv[2]);\n';

/** Starts `gradbook lab` in `folder`, without opening a browser; with `plain`, as a user types it, without naming the folder. */
export async function startLab(folder: string, plain = false): Promise<Lab> {
  const { env, python } = await frontEnds();
  const port = await freePort();
  const options = ["--allow-root", `--ServerApp.port=${port}`, "--IdentityProvider.token=test", "--LabApp.news_url="];
  // A second port would be taken silently, and lead to another server.
  const more = ["--ServerApp.port_retries=0", ...(plain ? [] : ["--no-browser", `--ServerApp.root_dir=${folder}`])];
  if (plain) writeFileSync(join(folder, "browser.mjs"), browserProgram);
  const child = spawn(process.execPath, [gradbookCommand, "lab", ...options, ...more], {
    cwd: folder,
    env: { ...env, JUPYTER_CONFIG_DIR: `${folder}/config`, BROWSER: "node browser.mjs %s" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (log += text));
  const ended = once(child, "exit");
  const base = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`Expected JupyterLab to start by ${python}, received its end:\n${log}`);
    const answer = await fetch(`${base}/api/status?token=test`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const endKernels = async () => {
    const headers = { authorization: "token test" };
    const sessions = (await (await fetch(`${base}/api/sessions`, { headers })).json()) as { id: string }[];
    await Promise.all(sessions.map(({ id }) => fetch(`${base}/api/sessions/${id}`, { method: "DELETE", headers })));
  };
  // JupyterLab is large: pages of one profile load it once.
  const profile = await newProfile({ viewport: { width: 1100, height: 1800 }, reducedMotion: "reduce" });
  const visit = async (address: string, look: (page: Page) => Promise<void>) => {
    const page = await profile.newPage();
    try {
      await page.goto(address);
      await idle(page);
      await look(page);
    } finally {
      await page.close();
      await endKernels();
    }
  };
  return {
    open: (notebook, look) => visit(`${base}/lab/tree/${notebook}?token=test&reset`, look),
    async openFirst(look) {
      const opened = join(folder, "opened");
      while (!existsSync(opened)) await new Promise((resolve) => setTimeout(resolve, 100));
      await visit(readFileSync(opened, "utf8"), look);
    },
    said: () => log,
    async end() {
      await profile.close();
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Waits until the kernel of the notebook in front is there and has nothing to do. */
export async function idle(page: Page): Promise<void> {
  await page.locator("#jp-main-statusbar", { hasText: "TypeScript (Gradbook) | Idle" }).waitFor();
  await page.waitForSelector(".jp-Notebook-ExecutionIndicator[data-status=idle]");
}

/** Clicks through the menus: `menu(page, "Run", "Run All Cells")`. */
export async function menu(page: Page, name: string, item: string): Promise<void> {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: new RegExp(`^${name}$`) }).click();
  await page
    .locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${item}`) })
    .first()
    .click();
}
