import type { Random } from "../../src/base/random.ts";
import type { QoS } from "../../src/mqtt/packet.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import type { Findings } from "./findings.ts";
import { encode, type Ticks } from "./message_stream.ts";
import { SessionClient, type SessionClientOptions } from "./session_client.ts";
import { ConnectionLost } from "./wire.ts";

/**
 * The will of one connection. `offered`: CONNECT has left. `armed`: it was accepted. `ended`: the
 * broker has closed after DISCONNECT. `gone`: it must not come. `due`: it must come. `open`: it may
 * come, once.
 */
interface ConnectionWill {
  readonly text: string;
  state: "offered" | "armed" | "ended" | "gone" | "due" | "open";
  /** When it has ended; of no meaning before. */
  endedAt: number;
  /** How often it has come, by watcher. */
  readonly arrivals: Map<string, number>;
}

export interface WillClientOptions extends Omit<SessionClientOptions, "receive"> {
  readonly qos: QoS;
  /** Seconds; undefined: none. Long: the client is back before it has passed, so it never comes. */
  readonly delay?: number;
  readonly findings: Findings;
  readonly ticks: Ticks;
}

/** The topics of all wills. */
export const WILL_FILTER = "will/#";

/** A client with another will for each connection. */
export class WillClient {
  readonly #options: WillClientOptions;
  readonly #client: SessionClient;
  readonly #wills = new Map<string, ConnectionWill>();
  /** The will of the last connection. */
  #current: ConnectionWill | undefined;
  #connections = 0;
  /** Wills that had to come and have. */
  published = 0;
  /** Wills that had to be gone and were. */
  discarded = 0;

  constructor(options: WillClientOptions) {
    this.#options = options;
    this.#client = new SessionClient(options);
  }

  get client(): SessionClient {
    return this.#client;
  }

  async connect(port: number): Promise<boolean> {
    const { qos, delay, clientId } = this.#options;
    const text = `${clientId} ${++this.#connections}`;
    const will: ConnectionWill = { text, state: "offered", endedAt: 0, arrivals: new Map() };
    this.#wills.set(text, will);
    this.#current = will;
    try {
      const present = await this.#client.connect(port, {
        will: {
          topic: `will/${clientId}`,
          payload: encode(text),
          qos,
          retain: false,
          properties: delay === undefined ? NO_PROPERTIES : { willDelayInterval: delay },
        },
      });
      will.state = "armed";
      return present;
    } catch (error) {
      if (error instanceof ConnectionLost) this.#end(will, "open");
      throw error;
    }
  }

  /** Ends the connection in one of the two ways. */
  async end(random: Random): Promise<void> {
    const will = this.#current!;
    if (random.below(2) === 0) {
      await this.#client.disconnect();
      this.#end(will, "ended");
    } else {
      await this.#client.abort();
      this.#end(will, this.#broken);
    }
  }

  /**
   * The broker was killed. `settledAt`: when the last message was sent that it has acknowledged in
   * that life; what it did before is durable too.
   */
  brokerKilled(settledAt: number): void {
    const will = this.#current;
    if (will?.state === "armed") this.#end(will, this.#broken);
    for (const each of this.#wills.values()) {
      // Whether the broker closed, or was killed before it had read DISCONNECT, is not known here.
      if (each.state === "ended") each.state = each.endedAt < settledAt ? "gone" : "open";
    }
  }

  arrived(watcher: string, text: string): void {
    const will = this.#wills.get(text);
    const { findings, qos } = this.#options;
    if (will === undefined) return findings.add("will", `${text} was never set, or came late`);
    const count = (will.arrivals.get(watcher) ?? 0) + 1;
    will.arrivals.set(watcher, count);
    if (will.state === "gone") {
      findings.add("will", `${text} came after DISCONNECT, or in its delay`);
    }
    if (will.state === "armed") findings.add("will", `${text} came while its client was there`);
    if (count > 1 && qos === 2) findings.add("will", `${text} came ${count} times`);
  }

  /** Whether everything has come that has to. */
  complete(watchers: readonly string[]): boolean {
    return this.#due().every((will) => watchers.every((each) => will.arrivals.has(each)));
  }

  /** Judges the wills of all connections but the last. */
  audit(watchers: readonly string[]): void {
    const { findings } = this.#options;
    for (const will of this.#due()) {
      for (const watcher of watchers) {
        if (!will.arrivals.has(watcher)) {
          findings.add("will", `${will.text} is not with ${watcher}`);
        }
      }
      this.published++;
      // From now on it must not come (QoS 2), or may come again (QoS 1).
      will.state = "open";
    }
    for (const will of this.#wills.values()) {
      if (will.state !== "gone") continue;
      if (will.arrivals.size > 0) findings.add("will", `${will.text} came after DISCONNECT`);
      else this.discarded++;
      this.#wills.delete(will.text);
    }
  }

  /** What comes of the will of a connection that was broken off. */
  get #broken(): "due" | "gone" {
    return (this.#options.delay ?? 0) === 0 ? "due" : "gone";
  }

  #end(will: ConnectionWill, state: ConnectionWill["state"]): void {
    will.state = state;
    will.endedAt = this.#options.ticks.next();
  }

  #due(): ConnectionWill[] {
    return [...this.#wills.values()].filter(({ state }) => state === "due");
  }
}
