/** Announcements: what is said aloud, once in a process. */
const said = new Set<string>();

/** Writes `gradbook: message` to standard error, the first time that it is asked to. */
export function announce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  console.error(`gradbook: ${message}`);
}
