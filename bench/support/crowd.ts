import type { ClientLoop } from "../load/client_loop.ts";
import { type ClientScript, ScriptedClient } from "./scripted_client.ts";

const WAIT_SECONDS = 0.05;

/** Connects `count` clients and waits until all are subscribed. */
export function connectCrowd(
  loop: ClientLoop,
  count: number,
  script: (index: number) => ClientScript,
): ScriptedClient[] {
  const crowd = Array.from(
    { length: count },
    (_, index) => new ScriptedClient(script(index), loop),
  );
  loop.connect(crowd);
  return crowd;
}

/** Serves the clients until `done`, or throws after `secondsMax`. */
export function pollUntil(loop: ClientLoop, done: () => boolean, secondsMax: number): void {
  for (const deadline = performance.now() + secondsMax * 1000; !done();) {
    loop.poll(WAIT_SECONDS);
    if (performance.now() > deadline) throw new Error(`not done after ${secondsMax} s: ${done}`);
  }
}

/** Serves the clients for some time. */
export function pollFor(loop: ClientLoop, seconds: number): void {
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    loop.poll(WAIT_SECONDS);
  }
}
