/**
 * Topic aliases of one network connection (MQTT 5.0 section 3.3.2.3.4), one map for each direction.
 * They belong to the connection: a new one starts empty [MQTT-3.3.2-7].
 */
import { PacketError, ReasonCode } from "../mqtt/reason_code.ts";

/** Aliases that the peer sets. */
export class InboundAliases {
  #topics: Map<number, string> | undefined;

  /** `maximum`: the Topic Alias Maximum that we announced; 0 forbids aliases. */
  constructor(readonly maximum: number) {}

  /**
   * The topic of a PUBLISH with `alias`: sets or replaces the alias when `topic` is not empty.
   *
   * @throws {PacketError} 0x94 for an alias of 0 or above the maximum [MQTT-3.3.2-8]
   * [MQTT-3.3.2-9]; 0x82 for an empty topic with an alias that was never set.
   */
  resolve(topic: string, alias: number): string {
    if (alias === 0 || alias > this.maximum) {
      throw new PacketError(
        ReasonCode.TopicAliasInvalid,
        `topic alias ${alias} is outside 1 to ${this.maximum}`,
      );
    }
    if (topic !== "") {
      this.#topics ??= new Map();
      this.#topics.set(alias, topic);
      return topic;
    }
    const known = this.#topics?.get(alias);
    if (known === undefined) {
      throw new PacketError(ReasonCode.ProtocolError, `topic alias ${alias} was never set`);
    }
    return known;
  }
}

/** Of a peer that may set none. */
export const NO_INBOUND_ALIASES = new InboundAliases(0);

/** How an outgoing topic is written. */
export interface AliasUse {
  /** 0: no alias. */
  readonly alias: number;
  /** True when the alias is known to the peer, so the topic is left out. */
  readonly known: boolean;
}

const NO_ALIAS: AliasUse = { alias: 0, known: false };

/**
 * Aliases that we assign. A topic gets one when it is sent for the second time, so one-off topics do
 * not push out busy ones; when all are taken, the one that was used longest ago is given away.
 */
export class OutboundAliases {
  /** Least recently used first. */
  readonly #aliases = new Map<string, number>();
  readonly #seenOnce = new Set<string>();

  /** `maximum`: the lower of the client's Topic Alias Maximum and our own limit; 0 turns it off. */
  constructor(readonly maximum: number) {}

  /** Decides for one PUBLISH that is certainly going to be written. */
  use(topic: string): AliasUse {
    if (this.maximum === 0) return NO_ALIAS;
    const alias = this.#aliases.get(topic);
    if (alias !== undefined) {
      this.#aliases.delete(topic);
      this.#aliases.set(topic, alias);
      return { alias, known: true };
    }
    if (!this.#seenOnce.delete(topic)) {
      if (this.#seenOnce.size >= 2 * this.maximum) this.#seenOnce.clear();
      this.#seenOnce.add(topic);
      return NO_ALIAS;
    }
    const assigned = this.#assign();
    this.#aliases.set(topic, assigned);
    return { alias: assigned, known: false };
  }

  #assign(): number {
    if (this.#aliases.size < this.maximum) return this.#aliases.size + 1;
    const [oldest, alias] = this.#aliases.entries().next().value!;
    this.#aliases.delete(oldest);
    return alias;
  }
}

/** Of a client that wants none. */
export const NO_OUTBOUND_ALIASES = new OutboundAliases(0);
