import { PacketType, type ProtocolVersion } from "./packet.ts";
import { KnownTopic, type TopicCache } from "./topic_cache.ts";

const NO_BYTES = new Uint8Array(0);
const NO_TOPIC = new KnownTopic("");
const FIRST_BYTE = PacketType.PUBLISH << 4; // QoS 0, no DUP, no RETAIN
/** Type, a Remaining Length of one byte, and the length of the Topic Name. */
const SIZE_MIN = 4;

/**
 * A PUBLISH that asks for nothing special: QoS 0, without RETAIN, without properties, on a topic
 * that was used before. Every receiver of its version gets the very bytes that came, so it can be
 * passed on as it lies there.
 *
 * One object for many packets, since that is what it is for: it tells of the one that was looked at
 * last, and what it refers to is valid as long as the decoder's chunk.
 */
export class PlainPublish {
  /** Where the packet lies, from its fixed header on: `bytes` from `start` to `end`. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  topic: KnownTopic = NO_TOPIC;
  /** Where the payload begins; it ends with the packet. */
  payloadStart = 0;
  /** Where the topic lies. */
  #topicStart = 0;
  #topicLength = 0;

  /** Bytes of the whole packet. */
  get size(): number {
    return this.end - this.start;
  }

  /** A view. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadStart, this.end);
  }

  /**
   * Looks at what lies in `bytes` from `start` on. False for everything that is not such a packet,
   * whole, well-formed and of at most 2 MiB; the decoder says what else it is.
   */
  look(bytes: Uint8Array, start: number, version: ProtocolVersion, topics: TopicCache): boolean {
    if (bytes.length - start < SIZE_MIN || bytes[start] !== FIRST_BYTE) return false;
    let body = start + 2;
    let remaining = bytes[start + 1]!;
    if (remaining >= 0x80) {
      const second = bytes[body++]!;
      remaining = remaining & 0x7f | (second & 0x7f) << 7;
      let last = second;
      if (second >= 0x80) {
        last = bytes[body++]!;
        remaining |= last << 14;
      }
      if (last === 0 || last >= 0x80) return false;
    }
    const end = body + remaining;
    if (remaining < 2 || end > bytes.length) return false;
    const topicLength = bytes[body]! << 8 | bytes[body + 1]!;
    const topicStart = body + 2;
    let payloadStart = topicStart + topicLength;
    if (version === 5) {
      if (payloadStart >= end || bytes[payloadStart] !== 0) return false; // has properties
      payloadStart++;
    } else if (payloadStart > end) return false;
    if (!this.#hasSameTopic(bytes, topicStart, topicLength)) {
      const topic = topics.known(bytes, topicStart, topicLength);
      if (topic === undefined) return false;
      this.topic = topic;
      this.#topicLength = topicLength;
    }
    this.#topicStart = topicStart;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.payloadStart = payloadStart;
    return true;
  }

  /** Most packets have the topic of the one before them, which may lie in the same chunk. */
  #hasSameTopic(bytes: Uint8Array, start: number, length: number): boolean {
    if (bytes !== this.bytes || length !== this.#topicLength) return false;
    const before = this.#topicStart;
    for (let index = length - 1; index >= 0; index--) {
      if (bytes[start + index] !== bytes[before + index]) return false;
    }
    return true;
  }
}
