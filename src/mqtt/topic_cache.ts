import { malformed, PacketError, ReasonCode } from "./reason_code.ts";
import { decodeUtf8 } from "./utf8.ts";
import { hasWildcards } from "./wildcards.ts";

/** How many Topic Names a decoder remembers. A power of two. */
const SLOTS = 64;
/** The longest Topic Name that is remembered, in bytes. */
const REMEMBERED_BYTES_MAX = 128;

/**
 * Topic Names that a peer used lately. A publisher repeats a few of them, so each is decoded and
 * checked once; afterwards comparing it is enough, and equal names are the same string object,
 * which makes every later look-up by name cheap.
 *
 * Only ASCII names are remembered: their bytes and their code units are the same numbers.
 */
export class TopicCache {
  readonly #topics: string[] = [];
  #latest = "";

  /**
   * The Topic Name of `length` bytes at `start`, which may be empty.
   *
   * @throws PacketError when it is ill-formed or contains a wildcard.
   */
  read(bytes: Uint8Array, start: number, length: number): string {
    if (equals(this.#latest, bytes, start, length)) return this.#latest;
    if (length > REMEMBERED_BYTES_MAX) return decodeTopicName(bytes, start, length);
    const slot = hash(bytes, start, length) & (SLOTS - 1);
    let topic = this.#topics[slot];
    if (topic === undefined || !equals(topic, bytes, start, length)) {
      topic = decodeTopicName(bytes, start, length);
      if (topic.length < length) return topic; // not ASCII
      this.#topics[slot] = topic;
    }
    this.#latest = topic;
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
function hash(bytes: Uint8Array, start: number, length: number): number {
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
