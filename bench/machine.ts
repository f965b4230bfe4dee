/** What every figure of the bench depends on. */
import { cpus, platform, release } from "node:os";

/** Words about the machine, by what they are about. */
export function describeMachine(): { [what: string]: string } {
  const [{ model } = { model: "unknown" }, ...rest] = cpus();
  return {
    processor: `${model.trim()}, ${rest.length + 1} cores`,
    system: `${platform()} ${release()}`,
    node: process.version,
  };
}
