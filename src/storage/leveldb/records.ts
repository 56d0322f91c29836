/**
 * Every value of the database. A record starts with its version, so that its shape can change while
 * old records stay readable.
 */
import type { Delivery } from "../../mqtt/delivery.ts";
import type { Message } from "../../mqtt/message.ts";
import type { ProtocolVersion, QoS } from "../../mqtt/packet.ts";
import type { WillProperties } from "../../mqtt/properties.ts";
import { decodeProperties } from "../../mqtt/property_codec.ts";
import { WILL } from "../../mqtt/property_table.ts";
import type { RetainHandling, Subscription } from "../../mqtt/subscription.ts";
import type { QueueSummary, SessionRecord, WillRecord } from "../store.ts";
import { RecordError } from "./errors.ts";
import {
  type DeliveryHead,
  readDelivery,
  readDeliveryHead,
  readMessage,
  type StoredDelivery,
  writeDelivery,
  writeMessage,
} from "./message_record.ts";
import { RecordReader, RecordWriter } from "./record_io.ts";

export type { DeliveryHead, StoredDelivery };

const VERSION = 1;

const writer = new RecordWriter();
const reader = new RecordReader();

function encode(write: () => void): Uint8Array {
  try {
    writer.byte(VERSION);
    write();
    return writer.finish();
  } catch (error) {
    writer.position = 0; // the next record must not start with what is left of this one
    throw error;
  }
}

/** @throws RecordError for an unknown version or bytes that are no record. */
function decode<T>(what: string, bytes: Uint8Array, read: () => T): T {
  const version = bytes[0];
  if (version !== VERSION) {
    throw new RecordError(
      `a stored ${what} has the record version ${version}; this version of TideMQ reads ${VERSION}`,
    );
  }
  // Not the bytes as they are: LevelDB gives a Buffer, and payloads are views of them.
  reader.open(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length);
  try {
    return read();
  } catch (error) {
    throw new RecordError(`a stored ${what} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    reader.close();
  }
}

/** A single number: format version, batch number, count of a body's references. */
export function encodeNumber(value: number): Uint8Array {
  return encode(() => writer.number(value));
}

export function decodeNumber(what: string, bytes: Uint8Array): number {
  return decode(what, bytes, () => reader.readNumber());
}

export function encodeMessage(message: Message): Uint8Array {
  return encode(() => writeMessage(writer, message));
}

export function decodeMessage(bytes: Uint8Array): Message {
  return decode("message", bytes, () => readMessage(reader));
}

/** `shared`: the message is not in the record but a body of its own. */
export function encodeDelivery(delivery: Delivery, shared: boolean): Uint8Array {
  return encode(() => writeDelivery(writer, delivery, shared));
}

export function decodeDelivery(bytes: Uint8Array): StoredDelivery {
  return decode("delivery", bytes, () => readDelivery(reader));
}

export function decodeDeliveryHead(bytes: Uint8Array): DeliveryHead {
  return decode("delivery", bytes, () => readDeliveryHead(reader));
}

/** In flight without having been queued. */
export interface InflightValue {
  readonly seq: number;
  /** Undefined: released. */
  readonly delivery: StoredDelivery | undefined;
}

export function encodeInflight(
  seq: number,
  delivery: Delivery | undefined,
  shared: boolean,
): Uint8Array {
  return encode(() => {
    writer.byte(delivery === undefined ? 0 : 1);
    writer.number(seq);
    if (delivery !== undefined) writeDelivery(writer, delivery, shared);
  });
}

export function decodeInflight(bytes: Uint8Array): InflightValue {
  return decode("in-flight message", bytes, () => {
    const unreleased = reader.readByte() !== 0;
    const seq = reader.readNumber();
    return { seq, delivery: unreleased ? readDelivery(reader) : undefined };
  });
}

/** What a write has to know of a delivery in flight. */
export interface InflightHead {
  readonly seq: number;
  /** True after PUBREC: there is no delivery any more. */
  readonly released: boolean;
  /** The body that it shares with others; 0: none, or none any more. */
  readonly bodyId: number;
}

export function decodeInflightHead(bytes: Uint8Array): InflightHead {
  return decode("in-flight message", bytes, () => {
    const released = reader.readByte() === 0;
    const seq = reader.readNumber();
    return { seq, released, bodyId: released ? 0 : readDeliveryHead(reader).bodyId };
  });
}

/** In flight and once queued: the delivery lies where it lay, under `seq`. */
export function encodeMoved(head: InflightHead): Uint8Array {
  return encode(() => {
    writer.byte(head.released ? 0 : 1);
    writer.number(head.seq);
    writer.number(head.bodyId);
  });
}

export function decodeMoved(bytes: Uint8Array): InflightHead {
  return decode("in-flight message", bytes, () => ({
    released: reader.readByte() === 0,
    seq: reader.readNumber(),
    bodyId: reader.readNumber(),
  }));
}

export function encodeSummary(summary: QueueSummary): Uint8Array {
  return encode(() => {
    writer.number(summary.count);
    writer.number(summary.bytes);
    writer.number(summary.lastSeq);
  });
}

export function decodeSummary(bytes: Uint8Array): QueueSummary {
  return decode("queue summary", bytes, () => ({
    count: reader.readNumber(),
    bytes: reader.readNumber(),
    lastSeq: reader.readNumber(),
  }));
}

const CLEAN_START = 0x01;
const CONNECTED = 0x02;
const REQUEST_RESPONSE = 0x04;
const REQUEST_PROBLEM = 0x08;
const HAS_USERNAME = 0x10;
const HAS_DISCONNECTED_AT = 0x20;
const HAS_MAXIMUM_PACKET_SIZE = 0x40;

/** The client id is in the key. */
export function encodeSession(record: SessionRecord): Uint8Array {
  const { username, disconnectedAt, maximumPacketSize } = record;
  return encode(() => {
    writer.byte(
      (record.cleanStart ? CLEAN_START : 0) | (record.connected ? CONNECTED : 0) |
        (record.requestResponseInformation ? REQUEST_RESPONSE : 0) |
        (record.requestProblemInformation ? REQUEST_PROBLEM : 0) |
        (username === undefined ? 0 : HAS_USERNAME) |
        (disconnectedAt === undefined ? 0 : HAS_DISCONNECTED_AT) |
        (maximumPacketSize === undefined ? 0 : HAS_MAXIMUM_PACKET_SIZE),
    );
    writer.byte(record.protocolVersion);
    writer.number(record.epoch);
    writer.number(record.expiryInterval);
    writer.float(record.connectedAt);
    if (disconnectedAt !== undefined) writer.float(disconnectedAt);
    writer.number(record.receiveMaximum);
    if (maximumPacketSize !== undefined) writer.number(maximumPacketSize);
    writer.number(record.topicAliasMaximum);
    if (username !== undefined) writer.string(username);
  });
}

export function decodeSession(clientId: string, bytes: Uint8Array): SessionRecord {
  return decode("session", bytes, () => {
    const flags = reader.readByte();
    return {
      clientId,
      cleanStart: (flags & CLEAN_START) !== 0,
      connected: (flags & CONNECTED) !== 0,
      requestResponseInformation: (flags & REQUEST_RESPONSE) !== 0,
      requestProblemInformation: (flags & REQUEST_PROBLEM) !== 0,
      protocolVersion: reader.readByte() as ProtocolVersion,
      epoch: reader.readNumber(),
      expiryInterval: reader.readNumber(),
      connectedAt: reader.readFloat(),
      disconnectedAt: (flags & HAS_DISCONNECTED_AT) !== 0 ? reader.readFloat() : undefined,
      receiveMaximum: reader.readNumber(),
      maximumPacketSize: (flags & HAS_MAXIMUM_PACKET_SIZE) !== 0 ? reader.readNumber() : undefined,
      topicAliasMaximum: reader.readNumber(),
      username: (flags & HAS_USERNAME) !== 0 ? reader.readString() : undefined,
    };
  });
}

/** Where a subscription stands among those of its session: the batch that made it, and the place in it. */
export interface Position {
  readonly batch: number;
  readonly index: number;
}

export function comparePositions(a: Position, b: Position): number {
  return a.batch - b.batch || a.index - b.index;
}

const NO_LOCAL = 0x04;
const RETAIN_AS_PUBLISHED = 0x08;
const RETAIN_HANDLING_SHIFT = 4;
const SHARED = 0x40;
const HAS_IDENTIFIER = 0x80;

/** The topic filter is in the key. */
export function encodeSubscription(position: Position, subscription: Subscription): Uint8Array {
  const { shareName, subscriptionIdentifier } = subscription;
  return encode(() => {
    writer.number(position.batch);
    writer.number(position.index);
    writer.byte(
      subscription.qos | (subscription.noLocal ? NO_LOCAL : 0) |
        (subscription.retainAsPublished ? RETAIN_AS_PUBLISHED : 0) |
        subscription.retainHandling << RETAIN_HANDLING_SHIFT |
        (shareName === undefined ? 0 : SHARED) |
        (subscriptionIdentifier === undefined ? 0 : HAS_IDENTIFIER),
    );
    if (subscriptionIdentifier !== undefined) writer.number(subscriptionIdentifier);
    if (shareName === undefined) return;
    writer.string(shareName);
    writer.string(subscription.matchFilter);
  });
}

export function decodeSubscription(
  topicFilter: string,
  bytes: Uint8Array,
): { readonly position: Position; readonly subscription: Subscription } {
  return decode("subscription", bytes, () => {
    const position = { batch: reader.readNumber(), index: reader.readNumber() };
    const flags = reader.readByte();
    const subscriptionIdentifier = (flags & HAS_IDENTIFIER) !== 0 ? reader.readNumber() : undefined;
    const shareName = (flags & SHARED) !== 0 ? reader.readString() : undefined;
    const subscription: Subscription = {
      topicFilter,
      matchFilter: shareName === undefined ? topicFilter : reader.readString(),
      shareName,
      subscriptionIdentifier,
      qos: (flags & 0x03) as QoS,
      noLocal: (flags & NO_LOCAL) !== 0,
      retainAsPublished: (flags & RETAIN_AS_PUBLISHED) !== 0,
      retainHandling: (flags >> RETAIN_HANDLING_SHIFT & 0x03) as RetainHandling,
    };
    return { position, subscription };
  });
}

export function decodePosition(bytes: Uint8Array): Position {
  return decode("subscription", bytes, () => ({
    batch: reader.readNumber(),
    index: reader.readNumber(),
  }));
}

const WILL_RETAIN = 0x04;
const WILL_HAS_USERNAME = 0x08;
const WILL_HAS_DUE_AT = 0x10;

/** The client id is in the key. */
export function encodeWill(record: WillRecord): Uint8Array {
  const { will, username, dueAt } = record;
  return encode(() => {
    writer.byte(
      will.qos | (will.retain ? WILL_RETAIN : 0) |
        (username === undefined ? 0 : WILL_HAS_USERNAME) |
        (dueAt === undefined ? 0 : WILL_HAS_DUE_AT),
    );
    if (dueAt !== undefined) writer.float(dueAt);
    if (username !== undefined) writer.string(username);
    writer.string(will.topic);
    writer.properties(will.properties, WILL);
    writer.rest(will.payload);
  });
}

export function decodeWill(clientId: string, bytes: Uint8Array): WillRecord {
  return decode("will", bytes, () => {
    const flags = reader.readByte();
    return {
      clientId,
      dueAt: (flags & WILL_HAS_DUE_AT) !== 0 ? reader.readFloat() : undefined,
      username: (flags & WILL_HAS_USERNAME) !== 0 ? reader.readString() : undefined,
      will: {
        qos: (flags & 0x03) as QoS,
        retain: (flags & WILL_RETAIN) !== 0,
        topic: reader.readString(),
        properties: decodeProperties<WillProperties>(reader, WILL),
        payload: reader.readRest(),
      },
    };
  });
}

const jsonEncoder = new TextEncoder();
const jsonDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** `value` is any JSON value. */
export function encodeJson(value: unknown): Uint8Array {
  return encode(() => writer.rest(jsonEncoder.encode(JSON.stringify(value))));
}

export function decodeJson(bytes: Uint8Array): unknown {
  return decode("value", bytes, () => JSON.parse(jsonDecoder.decode(reader.readRest())));
}

/** A record that says no more than that its key is there. */
export const PRESENT: Uint8Array = Uint8Array.of(VERSION);
