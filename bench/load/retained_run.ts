import type { Books } from "./books.ts";
import type { ClientLoop } from "./client_loop.ts";
import type { Meters } from "./meters.ts";
import type { Publisher } from "./publisher.ts";
import type { Measured } from "./report.ts";
import type { RetainedSubscriber } from "./retained_subscriber.ts";

const WAIT_SECONDS = 0.05;
/** Without anything new for so long, what is missing is lost. */
const STALL_MS = 5_000;

/** Publishes one retained message to each topic, then measures how soon a subscriber has them. */
export class RetainedRun {
  readonly #loop: ClientLoop;
  readonly #books: Books;
  readonly #meters: Meters;

  constructor(loop: ClientLoop, books: Books, meters: Meters) {
    this.#loop = loop;
    this.#books = books;
    this.#meters = meters;
  }

  run(publisher: Publisher, subscriber: RetainedSubscriber, topics: number): Measured {
    const books = this.#books;
    this.#until(() => {
      if (books.sent < topics) publisher.publish(performance.now(), topics - books.sent);
      return books.acknowledged === topics;
    });
    books.expected = topics;
    const from = this.#meters.read();
    subscriber.subscribe();
    this.#until(() => books.delivered >= topics);
    const to = this.#meters.read();
    return {
      from,
      to,
      delivered: books.delivered,
      brokerResidentBytes: this.#meters.residentBytes(),
      retainedSeconds: (to.at - from.at) / 1000,
    };
  }

  /** Polls until `done`, a violation of the protocol, or a stall. */
  #until(done: () => boolean): void {
    const books = this.#books;
    let progress = -1;
    let progressAt = performance.now();
    while (!done() && books.violation === undefined) {
      this.#loop.poll(WAIT_SECONDS);
      const now = performance.now();
      if (books.delivered + books.acknowledged !== progress) {
        progress = books.delivered + books.acknowledged;
        progressAt = now;
      } else if (now - progressAt > STALL_MS) return;
    }
  }
}
