/** How the set-up tells people what it is doing: lines, and a bar for what takes long. All of it goes to standard error. */
import { Presets, SingleBar } from "cli-progress";

export interface Progress {
  /** Tells one line. */
  say(line: string): void;
  /** Shows a bar while work is under way; `total` in MB, 0 when it is not known. */
  bar(label: string, total: number): { update(done: number): void; stop(): void };
}

/** Lines and bars on standard error; without a terminal a bar becomes a line every five seconds. */
export const consoleProgress: Progress = {
  say: (line) => console.error(line),
  bar(label, total) {
    const bar = new SingleBar(
      {
        format: `${label} {bar} {value}/{total} MB`,
        clearOnComplete: true,
        noTTYOutput: true,
        notTTYSchedule: 5000,
        stream: process.stderr,
      },
      Presets.shades_classic,
    );
    bar.start(total, 0);
    return { update: (done) => bar.update(Math.round(done)), stop: () => bar.stop() };
  },
};
