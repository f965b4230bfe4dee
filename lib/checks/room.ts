/** Room: how many numbers layers may still make. A file may claim layers of any size; they get as much room as it has numbers. */
let left = Number.POSITIVE_INFINITY;

/** What `build` gives, whose layers may make so many numbers in all. */
export function withRoom<T>(numbers: number, build: () => T): T {
  const before = left;
  left = numbers;
  try {
    return build();
  } finally {
    left = before;
  }
}

/** Takes the room of a tensor before it is made; throws where there is not enough. */
export function takeRoom(what: string, shape: readonly number[]): void {
  left -= shape.reduce((product, length) => product * length, 1);
  if (left >= 0) return;
  throw new RangeError(`${what}: expected a shape for which the file has numbers, received [${shape}].`);
}
