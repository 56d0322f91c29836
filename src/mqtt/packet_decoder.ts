import { invariant } from "../base/invariant.ts";
import { checkFirstByte, REMAINING_LENGTH_MAX_BYTES } from "./fixed_header.ts";
import { type Packet, PacketType, type ProtocolVersion } from "./packet.ts";
import { PacketReader } from "./packet_reader.ts";
import { decodeAuth } from "./packets/auth.ts";
import { decodeConnack } from "./packets/connack.ts";
import { decodeConnect, decodeProtocol } from "./packets/connect.ts";
import { decodeDisconnect } from "./packets/disconnect.ts";
import { decodePingreq } from "./packets/pingreq.ts";
import { decodePingresp } from "./packets/pingresp.ts";
import { decodePuback } from "./packets/puback.ts";
import { decodePubcomp } from "./packets/pubcomp.ts";
import { decodePublish } from "./packets/publish.ts";
import { peekSuccess, SUCCESS_BYTES } from "./packets/publish_ack.ts";
import { decodePubrec } from "./packets/pubrec.ts";
import { decodePubrel } from "./packets/pubrel.ts";
import { decodeSuback } from "./packets/suback.ts";
import { decodeSubscribe } from "./packets/subscribe.ts";
import { decodeUnsuback } from "./packets/unsuback.ts";
import { decodeUnsubscribe } from "./packets/unsubscribe.ts";
import type { PlainPublish } from "./plain_publish.ts";
import { malformed, PacketError, ReasonCode } from "./reason_code.ts";
import { Sender } from "./sender.ts";
import type { TopicTable } from "./topic_cache.ts";

/**
 * The first buffer for a packet that spans chunks, in bytes. It grows with what arrives, not with
 * what was announced.
 */
const GATHER_INITIAL_BYTES = 4096;

const NO_BYTES = new Uint8Array(0);

export interface PacketDecoderOptions {
  /** Which side of the connection we are on: a server reads what clients send. */
  readonly role: "server" | "client";
  /** Bytes of a whole packet; a larger one is refused when its header has arrived. */
  readonly maximumPacketSize: number;
  /** A client says which version it asked for; a server learns it from the CONNECT. */
  readonly version?: ProtocolVersion;
  /** Topic Names that decoders share; undefined: this one remembers a few of its own. */
  readonly topics?: TopicTable;
}

/**
 * Cuts a stream of bytes into packets. The owner pushes a chunk, then pulls packets until there is
 * none; only then may the chunk's memory be used for something else.
 *
 * A packet that lies in one chunk is decoded where it lies: the payload of a PUBLISH is a view of
 * the chunk, everything else is copied. One that spans chunks is gathered in a buffer of its own.
 */
export class PacketDecoder {
  /**
   * Undefined until a CONNECT was read up to its Protocol Version, also when the rest of it is
   * refused: the owner can tell from it which CONNACK the peer understands.
   */
  version: ProtocolVersion | undefined;
  maximumPacketSize: number;
  readonly #reader: PacketReader;

  #chunk: Uint8Array = NO_BYTES;
  #position = 0;

  /** The fixed header so far: how many bytes of it were read, and what they say. */
  #headerBytes = 0;
  #headerComplete = false;
  #firstByte = 0;
  #remainingLength = 0;
  #lengthIsPadded = false;

  /** The packet's bytes behind the fixed header, when they come in several chunks. */
  #gathered: Uint8Array | undefined;
  #gatheredBytes = 0;

  #failure: PacketError | undefined;

  constructor(options: PacketDecoderOptions) {
    invariant(options.role === "server" || options.version !== undefined, "a client has a version");
    this.version = options.version;
    this.maximumPacketSize = options.maximumPacketSize;
    this.#reader = new PacketReader(
      options.role === "server" ? Sender.CLIENT : Sender.SERVER,
      options.topics,
    );
  }

  /** True between the first byte of a packet and its last: the owner bounds how long that may be. */
  get midPacket(): boolean {
    return this.#headerBytes > 0;
  }

  /**
   * Hands over the next bytes. They are read, not copied, until {@linkcode next} has returned
   * undefined; before that there must be no other push.
   */
  push(chunk: Uint8Array): void {
    invariant(this.#position === this.#chunk.length, "the chunk before has not been read");
    this.#chunk = plainBytes(chunk);
    this.#position = 0;
  }

  /**
   * The next packet; undefined when more bytes are needed.
   *
   * @throws PacketError for what is no packet or a forbidden one. The stream is of no more use then:
   * every later call throws the same.
   */
  next(): Packet | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#next();
    } catch (error) {
      if (error instanceof PacketError) this.#failure = error;
      this.#release();
      throw error;
    }
  }

  /**
   * Whether the next packet is a plain PUBLISH, which `plain` then tells of. It is still the next one
   * until {@linkcode take}; whoever does not take it gets it from {@linkcode next}.
   */
  peek(plain: PlainPublish): boolean {
    const { version } = this;
    return version !== undefined && this.#headerBytes === 0 &&
      plain.look(this.#chunk, this.#position, version, this.#reader.topics) &&
      plain.size <= this.maximumPacketSize;
  }

  /** Goes on behind the packet that {@linkcode peek} has just found. */
  take(plain: PlainPublish): void {
    this.#position = plain.end;
  }

  /**
   * Takes the next packet if it is a PUBACK, PUBREC, PUBREL or PUBCOMP with nothing but a Packet
   * Identifier, as most of them are: its type above the lowest 16 bits, the identifier in them. 0: it
   * is another one, which is still the next.
   */
  nextSuccess(): number {
    if (this.#headerBytes > 0 || this.maximumPacketSize < SUCCESS_BYTES) return 0;
    const success = peekSuccess(this.#chunk, this.#position);
    if (success !== 0) this.#position += SUCCESS_BYTES;
    return success;
  }

  #next(): Packet | undefined {
    if (!this.#headerComplete && !this.#readHeader()) return this.#exhausted();
    const length = this.#remainingLength;
    const start = this.#position;
    if (this.#gathered === undefined && this.#chunk.length - start >= length) {
      this.#position = start + length;
      return this.#decode(this.#chunk, start, start + length);
    }
    if (!this.#gather(length)) return this.#exhausted();
    const body = this.#gathered!;
    this.#gathered = undefined;
    return this.#decode(body, 0, length);
  }

  #exhausted(): undefined {
    this.#chunk = NO_BYTES;
    this.#position = 0;
    return undefined;
  }

  #release(): void {
    this.#exhausted();
    this.#gathered = undefined;
    this.#reader.close();
  }

  /** Reads as much of the fixed header as has arrived; true when that is all of it. */
  #readHeader(): boolean {
    const chunk = this.#chunk;
    while (this.#position < chunk.length) {
      const byte = chunk[this.#position++]!;
      const index = this.#headerBytes++;
      if (index === 0) {
        checkFirstByte(byte, this.#reader.sender, this.version);
        this.#firstByte = byte;
        this.#remainingLength = 0;
        continue;
      }
      this.#remainingLength |= (byte & 0x7f) << 7 * (index - 1);
      if (byte < 0x80) {
        this.#lengthIsPadded = byte === 0 && index > 1;
        this.#checkLength();
        this.#headerComplete = true;
        return true;
      }
      if (index === REMAINING_LENGTH_MAX_BYTES) throw malformed("a Remaining Length of five bytes");
    }
    return false;
  }

  #checkLength(): void {
    if (this.version === 5) this.#refusePadding();
    if (this.#headerBytes + this.#remainingLength > this.maximumPacketSize) {
      throw new PacketError(ReasonCode.PacketTooLarge, "a packet is larger than agreed");
    }
  }

  /** Only 5.0 demands the shortest form. */
  #refusePadding(): void {
    if (this.#lengthIsPadded) throw malformed("[MQTT-1.5.5-1] a padded Remaining Length");
  }

  /** Takes over what the chunk has of the packet; true when that completes it. */
  #gather(length: number): boolean {
    const taken = Math.min(this.#chunk.length - this.#position, length - this.#gatheredBytes);
    const needed = this.#gatheredBytes + taken;
    this.#growGathered(needed, length);
    const part = this.#chunk.subarray(this.#position, this.#position + taken);
    this.#gathered!.set(part, this.#gatheredBytes);
    this.#position += taken;
    this.#gatheredBytes = needed;
    if (needed < length) return false;
    this.#gatheredBytes = 0;
    return true;
  }

  /** Doubles, so that a packet that comes byte by byte is copied a constant number of times. */
  #growGathered(needed: number, length: number): void {
    const old = this.#gathered;
    const capacity = old === undefined ? 0 : old.length;
    if (old !== undefined && needed <= capacity) return;
    const grown = new Uint8Array(
      Math.min(length, Math.max(needed, capacity * 2, GATHER_INITIAL_BYTES)),
    );
    if (old !== undefined) grown.set(old.subarray(0, this.#gatheredBytes));
    this.#gathered = grown;
  }

  #decode(bytes: Uint8Array, start: number, end: number): Packet {
    const firstByte = this.#firstByte;
    this.#headerBytes = 0;
    this.#headerComplete = false;
    const reader = this.#reader;
    reader.open(bytes, start, end);
    const packet = this.#decodeBody(firstByte >> 4 as PacketType, firstByte & 0x0f);
    if (reader.remaining > 0) throw malformed("bytes behind the last field of a packet");
    reader.close();
    return packet;
  }

  #decodeBody(type: PacketType, flags: number): Packet {
    const reader = this.#reader;
    if (type === PacketType.CONNECT) return this.#decodeConnect();
    const version = this.version!; // checked with the first byte
    switch (type) {
      case PacketType.PUBLISH:
        return decodePublish(reader, flags, version);
      case PacketType.CONNACK:
        return decodeConnack(reader, version);
      case PacketType.PUBACK:
        return decodePuback(reader, version);
      case PacketType.PUBREC:
        return decodePubrec(reader, version);
      case PacketType.PUBREL:
        return decodePubrel(reader, version);
      case PacketType.PUBCOMP:
        return decodePubcomp(reader, version);
      case PacketType.SUBSCRIBE:
        return decodeSubscribe(reader, version);
      case PacketType.SUBACK:
        return decodeSuback(reader, version);
      case PacketType.UNSUBSCRIBE:
        return decodeUnsubscribe(reader, version);
      case PacketType.UNSUBACK:
        return decodeUnsuback(reader, version);
      case PacketType.PINGREQ:
        return decodePingreq();
      case PacketType.PINGRESP:
        return decodePingresp();
      case PacketType.DISCONNECT:
        return decodeDisconnect(reader, version);
      case PacketType.AUTH:
        return decodeAuth(reader);
    }
  }

  #decodeConnect(): Packet {
    const protocol = decodeProtocol(this.#reader);
    this.version ??= protocol.version;
    if (protocol.version === 5) this.#refusePadding();
    return decodeConnect(this.#reader, protocol);
  }
}

/**
 * A `Buffer` of Node is a Uint8Array whose `slice` does not copy; what copies below relies on one
 * that does. The view also keeps the reading code to one kind of array, which makes it fast.
 */
function plainBytes(chunk: Uint8Array): Uint8Array {
  if (chunk.constructor === Uint8Array) return chunk;
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
}
