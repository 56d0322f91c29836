/**
 * Answers that go on: Server-Sent Events.
 *
 * | stream | event                              | next   | effect                              |
 * |--------|------------------------------------|--------|-------------------------------------|
 * | open   | the reader has room                | open   | the next event of the source        |
 * | open   | check: who asked is still admitted | open   | a comment, if the reader has room   |
 * | open   | check: no longer                   | closed | the source is closed                |
 * | open   | the source ends                    | closed |                                     |
 * | open   | the reader goes                    | closed | the source is closed                |
 * | open   | the API closes                     | closed | the source is closed                |
 *
 * A reader that has no room waits at its own cost: what comes meanwhile is the source's to bound.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import { Problem } from "./problem.ts";

export const EVENT_STREAM_TYPE = "text/event-stream";

/** Streams at once, of all kinds. */
export const STREAMS_MAX = 200;

/** How long a stream outlives the right to it, at most. Proxies also see that it lives. */
export const CHECK_MS = 5_000;

/** What a browser waits before it connects again. */
const RETRY_MS = 2_000;

/** What a client waits that was refused. */
const BUSY_SECONDS = 5;

export interface StreamedEvent {
  /** What a client that connects again begins behind. */
  readonly id?: string | number | undefined;
  /** One line. */
  readonly type: string;
  /** Plain JSON. */
  readonly data: unknown;
}

/** Where the events of one stream come from. It bounds what it keeps for a reader that is slow. */
export interface EventSource {
  /** Undefined at the end. Asked again only when it has answered. */
  next(): Promise<StreamedEvent | undefined>;
  /** Ends it: a `next` that is under way answers with the end. Idempotent. */
  close(): void;
}

/** The problem of a stream that there is no room for. */
export function tooManyStreams(): Problem {
  return new Problem("busy", "there are too many streams", {
    headers: { "retry-after": String(BUSY_SECONDS) },
  });
}

/** All streams that are open. */
export class EventStreams {
  readonly #clock: Clock;
  readonly #open = new Set<EventSource>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * The body of the answer; owns `source`. `admitted` is asked from time to time. Throws `busy`, and
   * closes the source, when there are {@linkcode STREAMS_MAX}.
   */
  open(source: EventSource, admitted: () => Promise<boolean>): ReadableStream<Uint8Array> {
    if (this.#open.size >= STREAMS_MAX) {
      source.close();
      throw tooManyStreams();
    }
    this.#open.add(source);
    const encoder = new TextEncoder();
    let timer: Timer | undefined;
    const end = () => {
      timer?.cancel();
      source.close();
      this.#open.delete(source);
    };
    const check = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      // What cannot be read from the store does not count.
      const goesOn = await admitted().catch(() => false);
      if (!this.#open.has(source)) return;
      if (!goesOn) return end();
      if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(":\n\n"));
      timer = this.#clock.after(CHECK_MS, () => void check(controller));
    };
    return new ReadableStream({
      start: (controller) => {
        controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
        timer = this.#clock.after(CHECK_MS, () => void check(controller));
      },
      pull: async (controller) => {
        const event = await source.next();
        if (event !== undefined) return controller.enqueue(encoder.encode(eventText(event)));
        end();
        controller.close();
      },
      cancel: end,
    });
  }

  /** Ends all of them. */
  close(): void {
    for (const source of this.#open) source.close();
  }
}

function eventText({ id, type, data }: StreamedEvent): string {
  const head = id === undefined ? "" : `id: ${id}\n`;
  return `${head}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
