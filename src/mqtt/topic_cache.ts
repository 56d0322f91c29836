import { malformed, PacketError, ReasonCode } from "./reason_code.ts";
import { decodeUtf8 } from "./utf8.ts";
import { hasWildcards } from "./wildcards.ts";

/** How many Topic Names a table has room for if it is not told. A power of two. */
const SLOTS = 64;
/** Names whose hashes end alike and which are remembered at the same time. */
const WAYS = 4;
/** The longest Topic Name that is remembered, in bytes. */
const REMEMBERED_BYTES_MAX = 128;

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
  readonly #topics: string[];
  /** Of the first of the places. */
  readonly #mask: number;

  /** `slots`: a power of two, at least {@linkcode WAYS}. */
  constructor(slots = SLOTS) {
    this.#hashes = new Int32Array(slots);
    this.#topics = new Array<string>(slots).fill("");
    this.#mask = slots - WAYS;
  }

  /** The Topic Name of `length` bytes at `start`, at most {@linkcode REMEMBERED_BYTES_MAX}. */
  read(bytes: Uint8Array, start: number, length: number): string {
    const hash = hashOf(bytes, start, length);
    const known = this.#find(hash, bytes, start, length);
    if (known !== undefined) return known;
    const topic = decodeTopicName(bytes, start, length);
    if (topic.length === length) this.#add(hash, topic); // ASCII
    return topic;
  }

  /** The same, if it is remembered. */
  known(bytes: Uint8Array, start: number, length: number): string | undefined {
    return this.#find(hashOf(bytes, start, length), bytes, start, length);
  }

  #find(hash: number, bytes: Uint8Array, start: number, length: number): string | undefined {
    const first = hash & this.#mask;
    for (let slot = first; slot < first + WAYS; slot++) {
      if (this.#hashes[slot] !== hash) continue;
      const topic = this.#topics[slot]!;
      if (equals(topic, bytes, start, length)) return topic;
    }
    return undefined;
  }

  #add(hash: number, topic: string): void {
    const first = hash & this.#mask;
    this.#hashes.copyWithin(first + 1, first, first + WAYS - 1);
    this.#topics.copyWithin(first + 1, first, first + WAYS - 1);
    this.#hashes[first] = hash;
    this.#topics[first] = topic;
  }
}

/** What one peer used last, before all else; then the table. */
export class TopicCache {
  readonly #table: TopicTable;
  #latest = "";

  constructor(table = new TopicTable()) {
    this.#table = table;
  }

  /**
   * The Topic Name of `length` bytes at `start`, which may be empty.
   *
   * @throws PacketError when it is ill-formed or contains a wildcard.
   */
  read(bytes: Uint8Array, start: number, length: number): string {
    if (equals(this.#latest, bytes, start, length)) return this.#latest;
    if (length > REMEMBERED_BYTES_MAX) return decodeTopicName(bytes, start, length);
    const topic = this.#table.read(bytes, start, length);
    if (topic.length === length) this.#latest = topic; // ASCII
    return topic;
  }

  /** The Topic Name, if it was read lately by anybody who shares the table; never the empty one. */
  known(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length === 0 || length > REMEMBERED_BYTES_MAX) return undefined;
    if (equals(this.#latest, bytes, start, length)) return this.#latest;
    const topic = this.#table.known(bytes, start, length);
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
