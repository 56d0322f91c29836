/** How long a test waits for something real, in ms of real time. */
const LIMIT_MS = 60_000;
const LOOK_AGAIN_MS = 5;

/** Waits for a state that nothing announces. `describe` says what there is instead, if it fails. */
export async function until(reached: () => boolean, describe: () => string): Promise<void> {
  const started = performance.now();
  while (!reached()) {
    if (performance.now() - started > LIMIT_MS) throw new Error(`waited in vain: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** `promise`, which has to be settled within the limit. */
export async function withinLimit<T>(promise: Promise<T>, what: string): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`waited for ${what} in vain`)), LIMIT_MS);
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
