/** The debugger's object alone, where what it needs cannot be had. */
import { expect, it } from "vitest";
import { KernelDebugger } from "../../../kernel/debugger/debugger.js";
import type { Language } from "../../../kernel/language/language.js";
import { root } from "../../helpers/needs.js";

it("attaches anew when it is asked for again after it could not", async () => {
  let tries = 0;
  const debug = new KernelDebugger({
    folder: root,
    library: undefined,
    get language() {
      tries += 1;
      return Promise.reject<Language>(new Error(`try ${tries}`));
    },
    publish() {},
  });
  for (const message of ["try 1", "try 2"]) {
    expect(await debug.answer({ seq: 1, command: "initialize" })).toMatchObject({ success: false, message });
  }
  expect(debug.isAttached).toBe(false);
});
