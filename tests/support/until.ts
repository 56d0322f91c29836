/** How long a test waits for a state, in ms of real time. */
const LIMIT_MS = 20_000;
const LOOK_AGAIN_MS = 5;

/** Waits for a state that nothing announces. `describe` says what there is instead, if it fails. */
export async function until(reached: () => boolean, describe: () => string): Promise<void> {
  const started = performance.now();
  while (!reached()) {
    if (performance.now() - started > LIMIT_MS) throw new Error(`waited in vain: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
