import type { ClientLoop } from "../load/client_loop.ts";
import { type ClientScript, ScriptedClient } from "./scripted_client.ts";

const WAIT_SECONDS = 0.05;
/** How many sleepers come and go at a time, so that few sockets are open at once. */
const GROUP = 500;
const GONE_SECONDS_MAX = 180;

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

/** Makes sessions that outlive their connections; none of them stays. */
export function makeSleepers(
  loop: ClientLoop,
  count: number,
  filtersOf: (index: number) => readonly string[],
): ScriptedClient[] {
  const script = (index: number): ClientScript => {
    const filters = filtersOf(index);
    return {
      clientId: `sleeper-${index}`,
      cleanSession: false,
      qos: 1,
      ...(filters.length > 0 && { filters: [filters] }),
    };
  };
  for (let from = 0; from < count; from += GROUP) {
    const group = connectCrowd(loop, Math.min(GROUP, count - from), (i) => script(from + i));
    for (const client of group) client.disconnect();
    pollUntil(loop, () => group.every(({ gone }) => gone), GONE_SECONDS_MAX);
  }
  return [];
}
