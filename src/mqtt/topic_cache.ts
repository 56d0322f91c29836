import { malformed, PacketError, ReasonCode } from "./reason_code.ts";
import { decodeUtf8 } from "./utf8.ts";
import { hasWildcards } from "./wildcards.ts";

/** How many Topic Names a table has room for if it is not told. A power of two. */
const SLOTS = 64;
/** Names whose hashes end alike and which are remembered at the same time. */
const WAYS = 4;
/** The longest Topic Name that is remembered, in bytes. */
const REMEMBERED_BYTES_MAX = 128;

/** A Topic Name that is remembered: one object for all who use the name at the time. */
export class KnownTopic {
  readonly name: string;
  /** Who gets what is published to it, as somebody else has found out and knows how to use. */
  route: unknown = undefined;
  /** The one who gets it, where there is one and nothing else to know: `route` in short. */
  receiver: unknown = undefined;
  /** For which state of the subscriptions both hold; -1: for none. */
  routeVersion = -1;
  /** What whoever counts messages by topic has found out about this one. */
  counted: unknown = undefined;

  constructor(name: string) {
    this.name = name;
  }
}

const NO_TOPIC = new KnownTopic("");

/**
 * Topic Names that peers used lately; all decoders of a broker share one table. Publishers repeat
 * their topics, so each is decoded and checked once; afterwards comparing it is enough, and equal
 * names are the same string object, which makes every later look-up by name cheap.
 *
 * Only ASCII names are remembered: their bytes and their code units are the same numbers. A name has
 * {@linkcode WAYS} places to be in, side by side; a new one moves the others on, the last one out.
 */
export class TopicTable {
  /** Of the names; most comparisons end here, and do not fetch the text. */
  readonly #hashes: Int32Array;
  readonly #topics: KnownTopic[];
  /** Of the first of the places. */
  readonly #mask: number;
  /** The slot that is swept next. */
  #sweepHand = 0;

  /** `slots`: a power of two, at least {@linkcode WAYS}. */
  constructor(slots = SLOTS) {
    this.#hashes = new Int32Array(slots);
    this.#topics = new Array<KnownTopic>(slots).fill(NO_TOPIC);
    this.#mask = slots - WAYS;
  }

  get slots(): number {
    return this.#topics.length;
  }

  /** The name of `length` bytes at `start`, if it is remembered; it is not empty. */
  get(bytes: Uint8Array, start: number, length: number): KnownTopic | undefined {
    const hash = hashOf(bytes, start, length);
    const first = hash & this.#mask;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] !== hash) continue;
      const topic = this.#topics[slot]!;
      if (equals(topic.name, bytes, start, length)) return topic;
    }
    return undefined;
  }

  /** Remembers `name`, which has the bytes at `start` and which `get` did not find. */
  add(name: string, bytes: Uint8Array, start: number): KnownTopic {
    const hash = hashOf(bytes, start, name.length);
    const first = hash & this.#mask;
    this.#hashes.copyWithin(first + 1, first, first + WAYS - 1);
    this.#topics.copyWithin(first + 1, first, first + WAYS - 1);
    const topic = new KnownTopic(name);
    this.#hashes[first] = hash;
    this.#topics[first] = topic;
    return topic;
  }

  /** Drops the routes of another version in the next `slots`, which may hold on to what is gone. */
  sweepRoutes(slots: number, version: number): void {
    for (let swept = 0; swept < slots; swept++) {
      const topic = this.#topics[this.#sweepHand]!;
      this.#sweepHand = (this.#sweepHand + 1) & (this.#topics.length - 1);
      if (topic.routeVersion === version) continue;
      topic.route = undefined;
      topic.receiver = undefined;
      topic.routeVersion = -1;
    }
  }
}

/** What one peer used last, before all else; then the table. */
export class TopicCache {
  readonly #table: TopicTable;
  #latest = NO_TOPIC;

  constructor(table = new TopicTable()) {
    this.#table = table;
  }

  /**
   * The Topic Name of `length` bytes at `start`, which may be empty.
   *
   * @throws PacketError when it is ill-formed or contains a wildcard.
   */
  read(bytes: Uint8Array, start: number, length: number): string {
    const known = this.known(bytes, start, length);
    if (known !== undefined) return known.name;
    const name = decodeTopicName(bytes, start, length);
    const isAscii = name.length === length;
    if (isAscii && length > 0 && length <= REMEMBERED_BYTES_MAX) {
      this.#latest = this.#table.add(name, bytes, start);
    }
    return name;
  }

  /** The Topic Name, if it was read lately by anybody who shares the table; never the empty one. */
  known(bytes: Uint8Array, start: number, length: number): KnownTopic | undefined {
    if (length === 0 || length > REMEMBERED_BYTES_MAX) return undefined;
    if (equals(this.#latest.name, bytes, start, length)) return this.#latest;
    const topic = this.#table.get(bytes, start, length);
    if (topic !== undefined) this.#latest = topic;
    return topic;
  }
}

/** Compares from the end: topics of one publisher tend to begin alike. */
function equals(ascii: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (ascii.length !== length) return false;
  for (let i = length - 1; i >= 0; i--) {
    if (ascii.charCodeAt(i) !== bytes[start + i]) return false;
  }
  return true;
}

/** Takes four bytes at a time; an odd constant spreads them, the shifts bring them down. */
function hashOf(bytes: Uint8Array, start: number, length: number): number {
  const end = start + length;
  let value = length;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | bytes[i + 1]! << 8 | bytes[i + 2]! << 16 | bytes[i + 3]! << 24;
    value = Math.imul(value ^ word, 0x9e3779b1);
    value ^= value >>> 15;
  }
  for (; i < end; i++) value = Math.imul(value ^ bytes[i]!, 0x9e3779b1);
  return value ^ (value >>> 16);
}

function decodeTopicName(bytes: Uint8Array, start: number, length: number): string {
  const topic = decodeUtf8(bytes, start, start + length);
  if (topic === undefined) throw malformed("[MQTT-3.3.2-1] ill-formed UTF-8 in a Topic Name");
  if (hasWildcards(topic)) {
    // The specification names no code for this. Of those that a DISCONNECT can carry (section
    // 3.14.2.1), Topic Name invalid is the one that tells the peer what is wrong.
    throw new PacketError(
      ReasonCode.TopicNameInvalid,
      "[MQTT-3.3.2-2] a Topic Name with wildcard characters",
    );
  }
  return topic;
}
