/** Names that modules for Node import, in a page that never gets to use them. */
const absent = (name: string) => (): never => {
  throw new Error(`${name}: expected Node, received a page: run the chapter as a notebook.`);
};

export const createRequire = (): never => absent("require")();
export const gunzipSync = absent("gunzipSync");
export const fork = absent("fork");
export const constants = { MAX_LENGTH: Number.MAX_SAFE_INTEGER, Z_SYNC_FLUSH: 0 };
export const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};
