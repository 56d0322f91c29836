import { Books } from "../load/books.ts";
import type { ClientLoop } from "../load/client_loop.ts";
import { Publisher } from "../load/publisher.ts";
import { type Scenario, scenarioOf } from "../load/scenarios.ts";
import { Subscriber } from "../load/subscriber.ts";

/** Pairs of publishers and subscribers of one QoS, whose deliveries are all checked. */
export class Stream {
  readonly books = new Books();
  readonly #publishers: readonly Publisher[];
  #turn = 0;

  /** @param name of the stream and of one of the scenarios with pairs */
  constructor(name: string, scenario: Scenario, loop: ClientLoop) {
    const { subscribers, publishers } = scenario;
    const receivers = Array.from(
      { length: subscribers },
      (_, index) => new Subscriber(`${name}-s${index}`, index, scenario, loop, this.books),
    );
    this.#publishers = Array.from(
      { length: publishers },
      (_, index) =>
        new Publisher({ clientId: `${name}-p${index}`, index, scenario }, loop, this.books),
    );
    loop.connect(receivers);
    loop.connect(this.#publishers);
  }

  /** As much as goes. */
  publishAll(now: number): void {
    for (const publisher of this.#publishers) publisher.publish(now, Infinity);
  }

  /** Up to `due` messages in all, one from each publisher in turn. */
  publishUntil(due: number, now: number): void {
    for (let refused = 0; this.books.sent < due && refused < this.#publishers.length;) {
      const publisher = this.#publishers[this.#turn++ % this.#publishers.length]!;
      if (publisher.publish(now, 1) === 0) refused++;
      else refused = 0;
    }
  }
}

/** QoS 0, 1 with persistent sessions, and 2; each on topics of its own. */
export function soakStreams(loop: ClientLoop): Stream[] {
  return ["c", "d2p", "e2"].map((name, index) => {
    const pairs = { ...scenarioOf(name), publishers: 20, subscribers: 20, topics: 20 };
    return new Stream(`soak${index}`, { ...pairs, prefix: `soak${index}` }, loop);
  });
}
