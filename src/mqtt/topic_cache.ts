import { malformed, PacketError, ReasonCode } from "./reason_code.ts";
import { decodeUtf8 } from "./utf8.ts";
import { hasWildcards } from "./wildcards.ts";

/** How many Topic Names a decoder remembers. A power of two. */
const SLOTS = 16;
/** The longest Topic Name, in bytes, that is remembered. */
const SLOT_BYTES = 128;

/**
 * Topic Names that a peer used lately. A publisher repeats a few of them, so each is decoded and
 * checked once; afterwards comparing bytes is enough, and equal names are the same string object.
 * Takes no memory until the first name is read, SLOTS × SLOT_BYTES and the strings afterwards.
 */
export class TopicCache {
  #bytes: Uint8Array | undefined;
  readonly #topics: string[] = [];
  readonly #lengths: number[] = [];
  #latest = 0;

  /**
   * The Topic Name of `length` bytes at `start`, which may be empty.
   *
   * @throws PacketError when it is ill-formed or contains a wildcard.
   */
  read(bytes: Uint8Array, start: number, length: number): string {
    if (length === 0) return "";
    if (length > SLOT_BYTES) return decodeTopicName(bytes, start, length);
    if (this.#holds(this.#latest, bytes, start, length)) return this.#topics[this.#latest]!;
    const slot = hash(bytes, start, length) & (SLOTS - 1);
    if (!this.#holds(slot, bytes, start, length)) this.#remember(slot, bytes, start, length);
    this.#latest = slot;
    return this.#topics[slot]!;
  }

  #holds(slot: number, bytes: Uint8Array, start: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false;
    const known = this.#bytes!;
    const from = slot * SLOT_BYTES;
    for (let i = 0; i < length; i++) {
      if (known[from + i] !== bytes[start + i]) return false;
    }
    return true;
  }

  #remember(slot: number, bytes: Uint8Array, start: number, length: number): void {
    const topic = decodeTopicName(bytes, start, length);
    if (this.#bytes === undefined) {
      this.#bytes = new Uint8Array(SLOTS * SLOT_BYTES);
      for (let i = 0; i < SLOTS; i++) {
        this.#topics.push("");
        this.#lengths.push(0);
      }
    }
    const from = slot * SLOT_BYTES;
    for (let i = 0; i < length; i++) this.#bytes[from + i] = bytes[start + i]!;
    this.#lengths[slot] = length;
    this.#topics[slot] = topic;
  }
}

function hash(bytes: Uint8Array, start: number, length: number): number {
  let value = length;
  for (let i = 0; i < length; i++) value = (Math.imul(value, 31) + bytes[start + i]!) | 0;
  return value ^ (value >>> 8);
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
