/**
 * Back-pressure of one receiver (a connection whose client takes messages more slowly than they
 * come).
 *
 * | state     | event               | next      | effect                                          |
 * |-----------|---------------------|-----------|-------------------------------------------------|
 * | clear     | over the high mark  | congested | the grace period starts; publishers that feed it wait |
 * | congested | under the low mark  | clear     | waiting publishers go on                        |
 * | congested | grace period passes | slow      | waiting publishers go on; nobody waits any more |
 * | slow      | under the low mark  | clear     |                                                 |
 * | any       | connection ends     | ended     | everybody goes on                               |
 *
 * So one frozen reader holds its publishers for the grace period, once, and what it cannot take
 * afterwards is queued (QoS 1 and 2, bounded) or dropped and counted (QoS 0).
 */
import type { Deadline, Deadlines } from "../base/deadlines.ts";

export type CongestionState = "clear" | "congested" | "slow" | "ended";

/** Of all who have nobody waiting: an idle connection holds no list. */
const NOBODY: (() => void)[] = [];

export class Congestion {
  readonly #deadlines: Deadlines;
  readonly #graceMs: number;
  #state: CongestionState = "clear";
  #grace: Deadline | undefined;
  /** Publishers; released when the state is left for any other. */
  #publishers: (() => void)[] = NOBODY;
  /** Those who only fill what this receiver asked for, and so wait as long as it takes. */
  #followers: (() => void)[] = NOBODY;

  constructor(deadlines: Deadlines, graceMs: number) {
    this.#deadlines = deadlines;
    this.#graceMs = graceMs;
  }

  get state(): CongestionState {
    return this.#state;
  }

  /** True when a publisher that feeds this receiver has to wait. */
  get holdsPublishers(): boolean {
    return this.#state === "congested";
  }

  /** The receiver is over its high-water mark. */
  overHighMark(): void {
    if (this.#state !== "clear") return;
    this.#state = "congested";
    this.#grace = this.#deadlines.after(this.#graceMs, () => {
      this.#state = "slow";
      this.#releasePublishers();
    });
  }

  /** The receiver is under its low-water mark. */
  underLowMark(): void {
    if (this.#state === "clear" || this.#state === "ended") return;
    this.#enter("clear");
  }

  end(): void {
    if (this.#state !== "ended") this.#enter("ended");
  }

  /** Calls `resume` when publishers may go on. Only while `holdsPublishers`. */
  holdPublisher(resume: () => void): void {
    if (this.#publishers === NOBODY) this.#publishers = [];
    this.#publishers.push(resume);
  }

  /** Resolves when the receiver is clear (or gone), however long that takes. */
  untilClear(): Promise<void> {
    if (this.#state === "clear" || this.#state === "ended") return Promise.resolve();
    if (this.#followers === NOBODY) this.#followers = [];
    return new Promise((resolve) => this.#followers.push(resolve));
  }

  #enter(state: "clear" | "ended"): void {
    this.#state = state;
    this.#grace?.cancel();
    this.#grace = undefined;
    this.#releasePublishers();
    const followers = this.#followers;
    this.#followers = NOBODY;
    for (const resume of followers) resume();
  }

  #releasePublishers(): void {
    const publishers = this.#publishers;
    this.#publishers = NOBODY;
    for (const resume of publishers) resume();
  }
}

/** Resolves when none of these, which all do, holds its publishers any more. */
export function untilNoneHolds(congestions: readonly Congestion[]): Promise<void> {
  return new Promise((resolve) => {
    let left = congestions.length;
    const released = () => {
      if (--left === 0) resolve();
    };
    for (const congestion of congestions) congestion.holdPublisher(released);
  });
}
