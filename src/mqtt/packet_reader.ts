import { malformed, protocolError } from "./reason_code.ts";
import type { Sender } from "./sender.ts";
import { TopicCache, type TopicTable } from "./topic_cache.ts";
import { decodeUtf8 } from "./utf8.ts";

const NO_BYTES = new Uint8Array(0);

/**
 * Reads the fields of one packet after another (section 1.5). One reader serves a decoder for its
 * whole life. Every read past the end of the packet is a Malformed Packet.
 */
export class PacketReader {
  /** Who sent what is read. */
  readonly sender: Sender;
  /** The next byte to read. */
  position = 0;
  /** Behind the last byte that may be read. */
  end = 0;
  #bytes: Uint8Array = NO_BYTES;
  /** What {@linkcode readTopicName} remembers. */
  readonly topics: TopicCache;

  /** `topics`: those that are known already; undefined: the reader remembers some of its own. */
  constructor(sender: Sender, topics?: TopicTable) {
    this.sender = sender;
    this.topics = new TopicCache(topics);
  }

  /** Starts on the variable header and payload that lie in `bytes` from `start` to `end`. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Lets go of the packet's bytes. */
  close(): void {
    this.#bytes = NO_BYTES;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  readByte(): number {
    this.#require(1);
    return this.#bytes[this.position++]!;
  }

  readUint16(): number {
    this.#require(2);
    const bytes = this.#bytes;
    const position = this.position;
    this.position = position + 2;
    return bytes[position]! << 8 | bytes[position + 1]!;
  }

  readUint32(): number {
    return this.readUint16() * 0x10000 + this.readUint16();
  }

  /** Section 1.5.5. */
  readVariableByteInteger(): number {
    let value = 0;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.readByte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw malformed("[MQTT-1.5.5-1] a padded integer");
        return value;
      }
    }
    throw malformed("a Variable Byte Integer of more than four bytes");
  }

  /** A UTF-8 Encoded String. */
  readString(): string {
    const length = this.readUint16();
    this.#require(length);
    const start = this.position;
    this.position = start + length;
    const text = decodeUtf8(this.#bytes, start, this.position);
    if (text === undefined) throw malformed("[MQTT-1.5.4-1] [MQTT-1.5.4-2] ill-formed UTF-8");
    return text;
  }

  /** The Topic Name of a PUBLISH: like a string, but what repeats is decoded and checked once. */
  readTopicName(): string {
    const length = this.readUint16();
    this.#require(length);
    const start = this.position;
    this.position = start + length;
    return this.topics.read(this.#bytes, start, length);
  }

  /** Binary Data (section 1.5.6), copied. */
  readBinary(): Uint8Array {
    const length = this.readUint16();
    this.#require(length);
    const start = this.position;
    this.position = start + length;
    return this.#bytes.slice(start, this.position);
  }

  /** A Packet Identifier, which is never 0 [MQTT-2.2.1-3] [MQTT-2.2.1-4]. */
  readPacketId(): number {
    const packetId = this.readUint16();
    if (packetId === 0) throw protocolError("Packet Identifier 0");
    return packetId;
  }

  /** A view of everything up to the end of the packet. */
  readRest(): Uint8Array {
    const start = this.position;
    this.position = this.end;
    return this.#bytes.subarray(start, this.end);
  }

  #require(size: number): void {
    if (this.position + size > this.end) throw malformed("a field goes beyond its packet");
  }
}
