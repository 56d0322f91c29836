import { PacketType, type ProtocolVersion, type QoS } from "./packet.ts";
import { KnownTopic, type TopicCache } from "./topic_cache.ts";

const NO_BYTES = new Uint8Array(0);
const NO_TOPIC = new KnownTopic("");
const FIRST_BYTE = PacketType.PUBLISH << 4; // QoS 0, no DUP, no RETAIN
const QOS_BITS = 0b0110;
/** Type, a Remaining Length of one byte, and the length of the Topic Name. */
const SIZE_MIN = 4;

/**
 * A PUBLISH that asks for nothing special: sent for the first time, without RETAIN, without
 * properties, on a topic that was used before. Every receiver of its version and QoS gets the very
 * bytes that came, but for the Packet Identifier, so it can be passed on as it lies there.
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
  qos: QoS = 0;
  /** Where the Packet Identifier lies, and what it is; 0 at QoS 0. */
  packetIdAt = 0;
  packetId = 0;
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
    if (bytes.length - start < SIZE_MIN) return false;
    const qosBits = bytes[start]! ^ FIRST_BYTE;
    if ((qosBits & ~QOS_BITS) !== 0 || qosBits === QOS_BITS) return false;
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
    let packetId = 0;
    if (qosBits !== 0) {
      if (payloadStart + 2 > end) return false;
      packetId = bytes[payloadStart]! << 8 | bytes[payloadStart + 1]!;
      if (packetId === 0) return false;
      payloadStart += 2;
    }
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
    this.qos = qosBits >> 1 as QoS;
    this.packetIdAt = topicStart + topicLength;
    this.packetId = packetId;
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
