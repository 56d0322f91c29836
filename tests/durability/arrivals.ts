import type { Findings } from "./findings.ts";
import type { MessageStream } from "./message_stream.ts";

interface Arrived {
  /** The largest number that has come. */
  last: number;
  /** Smaller ones that have not. */
  readonly missing: Set<number>;
}

/**
 * What has come to a subscriber that is subscribed to everything all the time: every message of
 * each stream, in order; once at QoS 2, and at QoS 1 perhaps again later.
 */
export class Arrivals {
  readonly #subscriber: string;
  readonly #findings: Findings;
  readonly #streams = new Map<MessageStream, Arrived>();
  /** Messages, without those that came again. */
  received = 0;
  /** QoS 1 messages that came again. */
  repeated = 0;

  constructor(subscriber: string, findings: Findings) {
    this.#subscriber = subscriber;
    this.#findings = findings;
  }

  arrive(stream: MessageStream, seq: number): void {
    const arrived = this.#of(stream);
    if (seq > arrived.last) {
      for (let missing = arrived.last + 1; missing < seq; missing++) arrived.missing.add(missing);
      arrived.last = seq;
      this.received++;
    } else if (arrived.missing.delete(seq)) {
      this.received++;
      this.#add("disordered", `${stream.name} ${seq} after ${arrived.last}`);
    } else if (stream.qos === 1) this.repeated++;
    else this.#add("duplicated", `${stream.name} ${seq} came again`);
  }

  /** Everything that was acknowledged has to be here. Returns how many are not. */
  audit(streams: Iterable<MessageStream>): number {
    let lost = 0;
    for (const stream of streams) {
      const arrived = this.#of(stream);
      const { acknowledged, name } = stream;
      const { last, missing } = arrived;
      const holes = [...missing].filter((seq) => seq <= acknowledged);
      for (const seq of holes) missing.delete(seq);
      const behind = Math.max(0, acknowledged - last);
      arrived.last = Math.max(acknowledged, last);
      const count = holes.length + behind;
      if (count === 0) continue;
      lost += count;
      const which = [...holes.slice(0, 5), ...behind > 0 ? [`${last + 1} to ${acknowledged}`] : []];
      this.#add("lost", `of ${name}: ${which.join(", ")}`, count);
    }
    return lost;
  }

  /** The number of the last message of `stream` that has come. */
  last(stream: MessageStream): number {
    return this.#of(stream).last;
  }

  #of(stream: MessageStream): Arrived {
    let arrived = this.#streams.get(stream);
    if (arrived === undefined) {
      arrived = { last: 0, missing: new Set() };
      this.#streams.set(stream, arrived);
    }
    return arrived;
  }

  #add(kind: "disordered" | "duplicated" | "lost", what: string, count = 1): void {
    this.#findings.add(kind, `${this.#subscriber}: ${what}`, count);
  }
}
