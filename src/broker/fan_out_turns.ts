import type { Clock } from "../base/clock.ts";
import { RingQueue } from "../base/ring_queue.ts";
import type { QoS } from "../mqtt/packet.ts";

/**
 * Deliveries that the packets of one turn of the event loop may cause before the connections that
 * have caused them give way: a few milliseconds' worth. A single message goes to all its receivers
 * in one piece, however many they are.
 */
export const OFFERS_PER_TURN = 40_000;

/** Those of a message to thousands of clients cost more, so time counts as well: milliseconds. */
const TURN_MS_MAX = 4;
/** After so many deliveries the clock is asked. */
const OFFERS_PER_LOOK = 500;

/** What a delivery at QoS 1 or 2, with its packet id and its record, costs more than one at QoS 0. */
const ACKNOWLEDGED_WEIGHT = 5;

/** Reads that cause less are not worth a timer: they end long before the turn is full. */
const OFFERS_NOTICED = 64;

/**
 * How much fan-out one turn of the event loop has seen. A few hundred bytes from a publisher may
 * become a million deliveries; without a bound nobody else is read, written to or timed meanwhile.
 *
 * Connections that have to wait go on in the order in which they came, as many in a turn as it has
 * room for, so that one publisher cannot keep another away.
 */
export class FanOutTurns {
  readonly #clock: Clock;
  readonly #waiting = new RingQueue<() => void>();
  /** Deliveries for which the present turn has room, those at QoS 0. */
  #left = OFFERS_PER_TURN;
  /** When it began, in milliseconds since the epoch. */
  #began = 0;
  /** Deliveries since the clock was asked. */
  #unlooked = 0;
  /** The clock will say when this turn is over. Otherwise the next read begins another one. */
  #counting = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whoever has caused deliveries in this turn gives way to the others. */
  get full(): boolean {
    return this.#left <= 0;
  }

  /** A message of this QoS was offered to so many sessions. */
  spend(offers: number, qos: QoS): void {
    this.#left -= qos === 0 ? offers : offers * ACKNOWLEDGED_WEIGHT;
    this.#unlooked += offers;
    if (this.#unlooked < OFFERS_PER_LOOK) return;
    this.#unlooked = 0;
    if (this.#clock.now() - this.#began >= TURN_MS_MAX) this.#left = 0;
  }

  /** Packets are about to be handled; `now`: milliseconds since the epoch. */
  begin(now: number): void {
    if (this.#counting) return;
    this.#left = OFFERS_PER_TURN;
    this.#began = now;
  }

  /** They were handled, or as many of them as could be now. */
  end(): void {
    if (!this.#counting && this.#left <= OFFERS_PER_TURN - OFFERS_NOTICED) this.#count();
  }

  /** Resolves when there is room again. The caller awaits it directly and goes on at once. */
  nextTurn(): Promise<void> {
    if (!this.#counting) this.#count();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #count(): void {
    this.#counting = true;
    this.#clock.after(0, this.#turned);
  }

  readonly #turned = (): void => {
    this.#counting = false;
    if (this.#waiting.size === 0) return;
    this.begin(this.#clock.now());
    this.#count();
    this.#release();
  };

  /** Lets one go on, and another when that one has done what it could. */
  readonly #release = (): void => {
    if (this.full) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    next();
    queueMicrotask(this.#release);
  };
}
