/** The turn that training gives to others between two steps, in a browser: the page can paint, a worker hears messages. */
const { port1, port2 } = new MessageChannel();

/** Settles after what waits already. A message, unlike a timer, waits for nothing more. */
export function setImmediate(): Promise<void> {
  return new Promise((resolve) => {
    port1.addEventListener("message", () => resolve(), { once: true });
    port1.start();
    port2.postMessage(undefined);
  });
}
