import { clearImmediate, setImmediate } from "node:timers";
import type { Clock, Timer } from "./clock.ts";

/** The longest delay that a runtime timer takes (2^31 - 1 ms, about 24.8 days); longer ones wrap. */
const TIMER_DELAY_MS_MAX = 0x7fff_ffff;

/**
 * The real clock. `now()` is the wall clock at start plus the monotonic time since, so a correction
 * of the system time never makes a message older or younger. Named in `server.ts` only.
 */
export class SystemClock implements Clock {
  now(): number {
    return performance.timeOrigin + performance.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    if (delayMs <= 0) return soon(callback);
    const due = this.now() + delayMs;
    let handle: ReturnType<typeof setTimeout>;
    const arm = () => {
      const left = due - this.now();
      // Runtime timers may fire a fraction early and cannot wait longer than 24.8 days: check again.
      if (left > 0) handle = setTimeout(arm, Math.min(Math.ceil(left), TIMER_DELAY_MS_MAX));
      else callback();
    };
    handle = setTimeout(arm, Math.min(Math.ceil(delayMs), TIMER_DELAY_MS_MAX));
    return { cancel: () => clearTimeout(handle) };
  }
}

/** In the next turn of the event loop: a timer of 0 would take a millisecond or more. */
function soon(callback: () => void): Timer {
  const handle = setImmediate(callback);
  return { cancel: () => clearImmediate(handle) };
}
