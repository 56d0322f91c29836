/**
 * The last events of each session, also of one that has ended, for as long as there is room.
 *
 * - of a client: the last {@linkcode CLIENT_EVENTS_MAX}, oldest first; drops of one reason in a row
 *   are one event, with how many they were;
 * - of all clients: {@linkcode EVENTS_MAX}; then those of the client go that nothing has happened to
 *   for the longest time, drops aside.
 */
import type { Clock } from "../base/clock.ts";
import type { DropReason } from "../events/observer.ts";
import type { ClientEvent } from "./client_events.ts";

export const CLIENT_EVENTS_MAX = 32;
/** About 25 MB. */
export const EVENTS_MAX = 100_000;

/** An event, or several of the same kind in a row: `at` is when the last one was. */
export interface TimelineEvent extends ClientEvent {
  readonly count: number;
}

type Kept = { -readonly [Key in keyof TimelineEvent]: TimelineEvent[Key] };

export class SessionTimeline {
  readonly #clock: Clock;
  readonly #eventsMax: number;
  /** The client that an event came for last is the last one. */
  readonly #clients = new Map<string, Kept[]>();
  #size = 0;

  constructor(clock: Clock, eventsMax = EVENTS_MAX) {
    this.#clock = clock;
    this.#eventsMax = eventsMax;
  }

  /** Events of all clients. */
  get size(): number {
    return this.#size;
  }

  add(event: ClientEvent): void {
    const { clientId } = event;
    const events = this.#clients.get(clientId) ?? [];
    this.#clients.delete(clientId);
    this.#clients.set(clientId, events);
    this.#append(events, { ...event, count: 1 });
  }

  /** A message for the client was dropped: called for each, so it costs little where they are many. */
  messageDropped(clientId: string, _message: unknown, reason: DropReason): void {
    const events = this.#clients.get(clientId);
    const last = events?.[events.length - 1];
    if (last?.type === "dropped" && last.detail.reason === reason) {
      last.count++;
      last.at = this.#clock.now();
      return;
    }
    const dropped: Kept = {
      at: this.#clock.now(),
      type: "dropped",
      clientId,
      detail: { reason },
      count: 1,
    };
    if (events !== undefined) this.#append(events, dropped);
    else this.add(dropped);
  }

  /** The oldest first. */
  events(clientId: string): TimelineEvent[] {
    return (this.#clients.get(clientId) ?? []).map((event) => ({ ...event }));
  }

  #append(events: Kept[], event: Kept): void {
    events.push(event);
    if (events.length > CLIENT_EVENTS_MAX) {
      events.shift();
      return;
    }
    this.#size++;
    for (const [clientId, { length }] of this.#clients) {
      if (this.#size <= this.#eventsMax) return;
      this.#clients.delete(clientId);
      this.#size -= length;
    }
  }
}
