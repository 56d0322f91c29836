/**
 * The writing half of a connection: encodes packets for its protocol version into the output
 * buffer, hands the buffer to the transport, and says when the client takes them too slowly.
 */
import type { Deadline } from "../base/deadlines.ts";
import type { OutboundRecord } from "../session/outbound.ts";
import { NO_OUTBOUND_ALIASES, type OutboundAliases } from "../session/topic_aliases.ts";
import { NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import type { Message } from "../mqtt/message.ts";
import { type Packet, PacketType, type ProtocolVersion, type QoS } from "../mqtt/packet.ts";
import { encodePacket, packetSize } from "../mqtt/packet_encoder.ts";
import { copyBytes, writeBytes } from "../mqtt/packet_writer.ts";
import type { Publish } from "../mqtt/packets/publish.ts";
import { type PublishAckType, writeSuccess } from "../mqtt/packets/publish_ack.ts";
import { NO_PROPERTIES, type PublishProperties } from "../mqtt/properties.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import type { Transport } from "../transport/transport.ts";
import { Congestion } from "./congestion.ts";
import type { BrokerContext } from "./context.ts";
import type { Flushable } from "./outbox.ts";
import { OutputBuffer } from "./output_buffer.ts";
import { pubrel } from "./reply.ts";

/**
 * Encoded QoS 0 packets of one message, by version and RETAIN flag: a fan-out encodes each form
 * once and copies it to every other recipient. Valid within one turn.
 */
export class FanOutFrames {
  readonly #frames: (Uint8Array | undefined)[] = [undefined, undefined, undefined, undefined];

  get(version: ProtocolVersion, retain: boolean): Uint8Array | undefined {
    return this.#frames[frameIndex(version, retain)];
  }

  set(version: ProtocolVersion, retain: boolean, frame: Uint8Array): void {
    this.#frames[frameIndex(version, retain)] = frame;
  }

  clear(): void {
    this.#frames.fill(undefined);
  }
}

function frameIndex(version: ProtocolVersion, retain: boolean): number {
  return (version === 5 ? 2 : 0) + (retain ? 1 : 0);
}

/** Who wants to know how far output has got. */
export interface OutputOwner {
  /** It is below the low-water mark. Called after every write that ends there. */
  outputDrained(): void;
}

export class PacketOutput implements Flushable {
  readonly congestion: Congestion;
  /** Set by CONNECT. */
  version: ProtocolVersion = 4;
  /** The client's Maximum Packet Size; undefined: none [MQTT-3.1.2-24]. */
  maximumPacketSize: number | undefined = undefined;
  aliases: OutboundAliases = NO_OUTBOUND_ALIASES;
  /** Both count this connection only; PUBLISH packets are the messages. */
  bytesSent = 0;
  messagesSent = 0;

  readonly #context: BrokerContext;
  readonly #transport: Transport;
  readonly #owner: OutputOwner;
  readonly #buffer: OutputBuffer;
  #marked = false;
  #ended = false;
  #writeDeadline: Deadline | undefined;
  #onEmpty: (() => void) | undefined;
  #waitingForRoom: (() => void) | undefined;

  constructor(context: BrokerContext, transport: Transport, owner: OutputOwner) {
    this.#context = context;
    this.#transport = transport;
    this.#owner = owner;
    this.#buffer = new OutputBuffer(context.chunkPool);
    this.congestion = new Congestion(context.deadlines, context.limits.slowReceiverGraceMs);
  }

  /** Bytes that the transport has not taken yet. */
  get pending(): number {
    return this.#buffer.pending;
  }

  /** QoS 0 messages among them. */
  get pendingMessages(): number {
    return this.#buffer.pendingMessages;
  }

  /** True when QoS 1 and 2 messages should wait in the session's queue instead. */
  get overHighMark(): boolean {
    return this.#buffer.pending > this.#context.limits.outputHighWater;
  }

  /** Encodes any packet but a PUBLISH of a session. Packets larger than the client allows are left out. */
  send(packet: Packet): void {
    if (this.#ended) return;
    if (!this.hasRoomFor(packet)) {
      this.#context.log.debug("packet left out: larger than the client's maximum packet size", {
        remote: this.#transport.remoteAddress,
        packetType: packet.type,
      });
      return;
    }
    encodePacket(this.#buffer, packet, this.version);
    this.#context.statistics.packetsSent++;
    this.#mark();
  }

  /**
   * An acknowledgement with reason code Success, in its short form of four bytes (section 3.4.2.1 and
   * its twins).
   */
  sendSuccess(type: PublishAckType, packetId: number): void {
    if (this.#ended) return;
    if (this.maximumPacketSize !== undefined) {
      this.send({ type, packetId, reasonCode: ReasonCode.Success, properties: NO_PROPERTIES });
      return;
    }
    writeSuccess(this.#buffer, type, packetId);
    this.#context.statistics.packetsSent++;
    this.#mark();
  }

  /** Whether the client's Maximum Packet Size has room for the packet [MQTT-3.1.2-24]. */
  hasRoomFor(packet: Packet): boolean {
    return this.maximumPacketSize === undefined ||
      packetSize(packet, this.version) <= this.maximumPacketSize;
  }

  /** Whether a message fits the client's Maximum Packet Size, whatever alias it will get. */
  accepts(message: Message, qos: QoS, identifiers: readonly number[]): boolean {
    if (this.maximumPacketSize === undefined) return true;
    const packet = this.#publish(message, qos, false, false, qos === 0 ? 0 : 1, identifiers);
    // An alias adds three bytes of property while the topic is still written out.
    const alias = this.aliases.maximum > 0 ? 3 : 0;
    return packetSize(packet, this.version) + alias <= this.maximumPacketSize;
  }

  /**
   * Whether a plain PUBLISH of `size` bytes, as a client of `version` sent it, is what this client
   * would get of the message, and there is room for it.
   */
  passesOn(version: ProtocolVersion, size: number): boolean {
    return (version === 5) === (this.version === 5) && this.aliases.maximum === 0 &&
      (this.maximumPacketSize === undefined || size <= this.maximumPacketSize) &&
      this.#buffer.pending <= this.#context.limits.outputMax;
  }

  /**
   * Writes a plain PUBLISH, which lies in `bytes` from `start` to `end`. The caller has asked
   * `passesOn`. Returns true when `settle` has to be called before that memory is used again.
   */
  passOn(bytes: Uint8Array, start: number, end: number): boolean {
    const isNew = this.#buffer.append(bytes, start, end);
    this.#publishWritten();
    return isNew;
  }

  /**
   * The same for one at QoS 1 or 2, which goes out with `packetId` in the place of the two bytes at
   * `packetIdAt`. It is copied at once.
   */
  passOnAs(
    packetId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    packetIdAt: number,
  ): void {
    const buffer = this.#buffer;
    buffer.reserve(end - start);
    const at = buffer.position + packetIdAt - start;
    copyBytes(buffer, bytes, start, end);
    buffer.bytes[at] = packetId >>> 8;
    buffer.bytes[at + 1] = packetId;
    this.#publishWritten();
  }

  /** Copies what was passed on and not copied yet. */
  settle(): void {
    this.#buffer.settle();
  }

  /** Encodes a QoS 0 PUBLISH. The caller has asked `accepts`. */
  sendQos0(
    message: Message,
    retain: boolean,
    identifiers: readonly number[],
    frames: FanOutFrames | undefined,
  ): void {
    const buffer = this.#buffer;
    const shareable = this.version !== 5 ||
      (identifiers.length === 0 && this.aliases.maximum === 0);
    const frame = shareable ? frames?.get(this.version, retain) : undefined;
    if (frame !== undefined) {
      buffer.reserve(frame.length);
      writeBytes(buffer, frame);
    } else {
      const packet = this.#aliased(this.#publish(message, 0, false, retain, 0, identifiers));
      encodePacket(buffer, packet, this.version);
      if (shareable && frames !== undefined) {
        const size = packetSize(packet, this.version);
        const end = buffer.position;
        frames.set(this.version, retain, buffer.bytes.subarray(end - size, end));
      }
    }
    buffer.messages++;
    this.#publishWritten();
  }

  #publishWritten(): void {
    this.messagesSent++;
    this.#context.statistics.packetsSent++;
    this.#context.statistics.publishSent++;
    this.#mark();
  }

  /**
   * Encodes what the record's state asks for: PUBLISH (with DUP when it may have been sent before
   * [MQTT-3.3.1-1]) or PUBREL.
   */
  sendRecord(record: OutboundRecord): void {
    const { delivery } = record;
    if (delivery === undefined) {
      this.send(pubrel(record.packetId, ReasonCode.Success));
      return;
    }
    const { message, qos, retain, subscriptionIdentifiers } = delivery;
    const packet = this.#publish(
      message,
      qos,
      record.everSent,
      retain,
      record.packetId,
      subscriptionIdentifiers,
    );
    encodePacket(this.#buffer, this.#aliased(packet), this.version);
    this.#publishWritten();
  }

  /** Resolves when `pending` is at most `bytes`, or the output has ended. One waiter at a time. */
  untilRoom(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForRoom = () => {
        if (!this.#ended && this.pending > bytes) return;
        this.#waitingForRoom = undefined;
        resolve();
      };
      this.#waitingForRoom();
    });
  }

  /** Calls `callback` when everything that was sent so far has been written, or the output has ended. */
  whenEmpty(callback: () => void): void {
    this.#onEmpty = callback;
    this.flush();
    this.#checkEmpty();
  }

  /** Hands the next chunk to the transport, unless a write is under way. */
  flush(): void {
    this.#marked = false;
    if (this.#ended) return;
    const chunk = this.#buffer.take();
    if (chunk === undefined) return;
    this.#context.statistics.bytesSent += chunk.length;
    this.bytesSent += chunk.length;
    this.#writeDeadline = this.#context.deadlines.after(
      this.#context.limits.writeTimeoutMs,
      () => this.#transport.abort(),
    );
    this.#transport.write(chunk).then(this.#written, this.#failed);
  }

  /** The connection is gone: what was not written is lost. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writeDeadline?.cancel();
    this.#context.accounting.dropped.connection_lost += this.#buffer.discard();
    this.congestion.end();
    this.#waitingForRoom?.();
    this.#checkEmpty();
  }

  readonly #written = (): void => {
    if (this.#ended) return;
    this.#writeDeadline?.cancel();
    this.#writeDeadline = undefined;
    this.#context.accounting.delivered += this.#buffer.written();
    this.#waitingForRoom?.();
    if (this.#buffer.pending < this.#context.limits.outputLowWater) this.#owner.outputDrained();
    this.flush();
    this.#checkEmpty();
  };

  // The transport reports the loss through `closed` as well; that is where the connection ends.
  readonly #failed = (): void => {
    this.#writeDeadline?.cancel();
    this.#transport.abort();
  };

  #checkEmpty(): void {
    if (this.#onEmpty === undefined || (!this.#ended && this.#buffer.pending > 0)) return;
    const callback = this.#onEmpty;
    this.#onEmpty = undefined;
    callback();
  }

  #mark(): void {
    if (this.#buffer.pending > this.#context.limits.outputHighWater) this.congestion.overHighMark();
    if (this.#buffer.chunkIsReady) this.flush();
    if (this.#marked) return;
    this.#marked = true;
    this.#context.outbox.add(this);
  }

  #publish(
    message: Message,
    qos: QoS,
    dup: boolean,
    retain: boolean,
    packetId: number,
    identifiers: readonly number[],
  ): Publish {
    return {
      type: PacketType.PUBLISH,
      dup,
      qos,
      retain,
      topic: message.topic,
      packetId,
      payload: message.payload,
      properties: this.version === 5 ? this.#properties(message, identifiers) : NO_PROPERTIES,
    };
  }

  #properties(message: Message, identifiers: readonly number[]): Readonly<PublishProperties> {
    if (message.expiresAt === undefined && identifiers === NO_IDENTIFIERS) {
      return message.properties;
    }
    const properties: PublishProperties = { ...message.properties };
    const remaining = message.remainingExpiry(this.#context.clock.now());
    if (remaining !== undefined) properties.messageExpiryInterval = remaining;
    if (identifiers.length > 0) properties.subscriptionIdentifiers = identifiers;
    return properties;
  }

  /** Only for a packet that is certainly written next: an alias is set by sending it. */
  #aliased(packet: Publish): Publish {
    if (this.aliases.maximum === 0) return packet;
    const { alias, known } = this.aliases.use(packet.topic);
    if (alias === 0) return packet;
    return {
      ...packet,
      topic: known ? "" : packet.topic,
      properties: { ...packet.properties, topicAlias: alias },
    };
  }
}
