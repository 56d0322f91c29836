import type { Publisher } from "./publisher.ts";
import type { Books } from "./books.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Meters } from "./meters.ts";
import type { Measured } from "./report.ts";
import type { Scenario } from "./scenarios.ts";

/** Without a delivery for so long, the load goes on without what is missing. */
const STALL_MS = 1_500;
const WAIT_SECONDS_MAX = 0.05;
const WAIT_SECONDS_MIN = 20e-6;

export interface Duration {
  /** Seconds of load before the measured ones. */
  readonly warmUp: number;
  readonly seconds: number;
  /** Without a delivery for so many seconds after the load, what is missing is lost. */
  readonly lostAfter: number;
}

/** Publishers send for some seconds, subscribers receive: a steady load. */
export class StreamRun {
  readonly #scenario: Scenario;
  readonly #publishers: readonly Publisher[];
  readonly #loop: ClientLoop;
  readonly #books: Books;
  readonly #meters: Meters;
  #turn = 0;
  /** Deliveries and acknowledgements when there was progress, and when that was (ms). */
  #progress = 0;
  #progressAt = 0;

  constructor(
    scenario: Scenario,
    publishers: readonly Publisher[],
    loop: ClientLoop,
    books: Books,
    meters: Meters,
  ) {
    this.#scenario = scenario;
    this.#publishers = publishers;
    this.#loop = loop;
    this.#books = books;
    this.#meters = meters;
  }

  run({ warmUp, seconds, lostAfter }: Duration): Measured {
    const start = this.#progressAt = performance.now();
    this.#load(start, start + warmUp * 1000);
    this.#books.latency.clear();
    const from = this.#meters.read();
    const deliveredBefore = this.#books.delivered;
    this.#load(start, start + (warmUp + seconds) * 1000);
    const to = this.#meters.read();
    const delivered = this.#books.delivered - deliveredBefore;
    this.#drain(lostAfter * 1000);
    return { from, to, delivered, brokerResidentBytes: this.#meters.residentBytes() };
  }

  #load(start: number, end: number): void {
    const { perSecond } = this.#scenario;
    for (let now; (now = performance.now()) < end;) {
      if (this.#books.violation !== undefined) return;
      const wait = perSecond === undefined
        ? this.#publishAll(now) ? 0 : WAIT_SECONDS_MAX
        : this.#publishDue(now, start, perSecond);
      this.#loop.poll(wait);
      if (this.#stalled(now, STALL_MS)) this.#books.writtenOff += this.#books.outstanding;
    }
  }

  /** Everybody in turn, as much as goes; false when nothing went. */
  #publishAll(now: number): boolean {
    let sent = 0;
    for (let tried = 0; tried < this.#publishers.length; tried++) {
      sent += this.#nextPublisher().publish(now, Infinity);
    }
    return sent > 0;
  }

  /** One message from each in turn until none is due; returns the seconds until the next one is. */
  #publishDue(now: number, start: number, perSecond: number): number {
    const books = this.#books;
    const due = (now - start) / 1000 * perSecond;
    for (let refused = 0; books.sent < due && refused < this.#publishers.length;) {
      if (this.#nextPublisher().publish(now, 1) === 0) refused++;
    }
    const wait = (books.sent + 1) / perSecond - (performance.now() - start) / 1000;
    return Math.min(Math.max(wait, WAIT_SECONDS_MIN), WAIT_SECONDS_MAX);
  }

  #nextPublisher(): Publisher {
    const publisher = this.#publishers[this.#turn]!;
    this.#turn = this.#turn + 1 === this.#publishers.length ? 0 : this.#turn + 1;
    return publisher;
  }

  /** Until everything has arrived and is acknowledged, or nothing comes any more. */
  #drain(lostAfterMs: number): void {
    const books = this.#books;
    const complete = () =>
      books.delivered >= books.expected &&
      (this.#scenario.qos === 0 || books.acknowledged >= books.sent);
    this.#progressAt = performance.now();
    while (!complete() && books.violation === undefined) {
      this.#loop.poll(WAIT_SECONDS_MAX);
      if (this.#stalled(performance.now(), lostAfterMs)) return;
    }
  }

  #stalled(now: number, limitMs: number): boolean {
    const progress = this.#books.delivered + this.#books.acknowledged;
    if (progress !== this.#progress) {
      this.#progress = progress;
      this.#progressAt = now;
    }
    if (now - this.#progressAt < limitMs) return false;
    this.#progressAt = now;
    return true;
  }
}
