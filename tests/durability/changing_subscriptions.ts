import type { Findings } from "./findings.ts";
import type { MessageStream } from "./message_stream.ts";

/** A time that begins after the first tick and ends before the second. */
interface Period {
  readonly after: number;
  until: number;
}

/** Where one topic filter stands, as far as its client can know. */
export interface FilterState {
  readonly topicFilter: string;
  /** What was asked for last. */
  wanted: boolean;
  /** The answer to it has not come. */
  asked: boolean;
}

interface FilterHistory extends FilterState {
  /** When it was certainly subscribed to, or certainly not. The last one may go on. */
  readonly on: Period[];
  readonly off: Period[];
}

/**
 * What a client that subscribes and unsubscribes must get, and what not. A message is handled by
 * the broker some time between its sending and its acknowledgement; a filter is on from its SUBACK
 * until the next UNSUBSCRIBE leaves, off from UNSUBACK until the next SUBSCRIBE leaves, and in
 * between nobody can say.
 */
export class ChangingSubscriptions {
  readonly #client: string;
  readonly #findings: Findings;
  readonly #filters: FilterHistory[];
  /** The largest number that has come, and all that have come since the last audit. */
  readonly #arrived = new Map<MessageStream, { last: number; seqs: Set<number> }>();
  /** The last message that was audited. */
  readonly #audited = new Map<MessageStream, number>();
  /** How often a subscription was changed. */
  changes = 0;

  constructor(client: string, topicFilters: readonly string[], findings: Findings) {
    this.#client = client;
    this.#findings = findings;
    this.#filters = topicFilters.map((topicFilter) => ({
      topicFilter,
      wanted: false,
      asked: false,
      on: [],
      off: [{ after: 0, until: Infinity }],
    }));
  }

  get filters(): readonly FilterState[] {
    return this.#filters;
  }

  /** SUBSCRIBE or UNSUBSCRIBE leaves, for the first time or again. */
  ask(filter: FilterState, wanted: boolean, tick: number): void {
    const { on, off } = filter as FilterHistory;
    for (const period of [on.at(-1), off.at(-1)]) {
      if (period?.until === Infinity) period.until = tick;
    }
    filter.wanted = wanted;
    filter.asked = true;
    this.changes++;
  }

  answered(filter: FilterState, tick: number): void {
    const { wanted, on, off } = filter as FilterHistory;
    (wanted ? on : off).push({ after: tick, until: Infinity });
    filter.asked = false;
  }

  arrive(stream: MessageStream, seq: number): void {
    const arrived = this.#arrived.getOrInsertComputed(stream, () => ({ last: 0, seqs: new Set() }));
    if (arrived.seqs.has(seq) || seq <= (this.#audited.get(stream) ?? 0)) {
      if (stream.qos === 2) this.#add("duplicated", `${stream.name} ${seq} came again`);
      return;
    }
    // At QoS 1 one that found no subscription may be sent again, and then find one.
    if (stream.qos === 2 && seq < arrived.last) {
      this.#add("disordered", `${stream.name} ${seq} after ${arrived.last}`);
    }
    arrived.last = Math.max(arrived.last, seq);
    arrived.seqs.add(seq);
  }

  /** Everything was acknowledged and has arrived. `streamsOf` a filter are those that match it. */
  audit(streamsOf: (topicFilter: string) => readonly MessageStream[]): void {
    for (const { topicFilter, on, off } of this.#filters) {
      for (const stream of streamsOf(topicFilter)) this.#auditStream(stream, on, off);
      // What is over has been judged.
      while (on.length > 1) on.shift();
      while (off.length > 1) off.shift();
    }
  }

  #auditStream(stream: MessageStream, on: readonly Period[], off: readonly Period[]): void {
    const seqs = this.#arrived.get(stream)?.seqs ?? new Set();
    for (let seq = (this.#audited.get(stream) ?? 0) + 1; seq <= stream.sent; seq++) {
      const came = seqs.has(seq);
      if (came && isWithin(off, stream, seq)) {
        this.#add("unexpected", `${stream.name} ${seq} came without a subscription`);
      }
      if (!came && isWithin(on, stream, seq)) this.#add("lost", `${stream.name} ${seq}`);
    }
    this.#audited.set(stream, stream.sent);
    seqs.clear();
  }

  #add(kind: "disordered" | "duplicated" | "lost" | "unexpected", what: string): void {
    this.#findings.add(kind, `${this.#client}: ${what}`);
  }
}

/** Whether a message was handled within one of the periods, whenever it was. */
function isWithin(periods: readonly Period[], stream: MessageStream, seq: number): boolean {
  const sent = stream.sentAt[seq]!;
  const acknowledged = stream.acknowledgedAt[seq]!;
  return periods.some(({ after, until }) => after < sent && acknowledged < until);
}
