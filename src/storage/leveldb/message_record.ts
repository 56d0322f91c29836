/**
 * Records of messages and of their deliveries. The first byte of each is its version.
 *
 * A delivery starts with what a write has to know of it (`DeliveryHead`), so that this can be read
 * without the rest. Its message follows in the same record, or is a body elsewhere that several
 * deliveries share.
 */
import { type Delivery, NO_IDENTIFIERS } from "../../mqtt/delivery.ts";
import { Message } from "../../mqtt/message.ts";
import { PacketType, type QoS } from "../../mqtt/packet.ts";
import type { MessageProperties } from "../../mqtt/properties.ts";
import { decodeProperties } from "../../mqtt/property_codec.ts";
import type { RecordReader, RecordWriter } from "./record_io.ts";

const QOS_MASK = 0x03;
const RETAIN = 0x04;

const HAS_PUBLISHER = 0x08;
const HAS_EXPIRY = 0x10;

const HAS_IDENTIFIERS = 0x08;
const HAS_SHARE = 0x10;
const SHARED_BODY = 0x20;

export function writeMessage(writer: RecordWriter, message: Message): void {
  const { publisher, expiresAt } = message;
  writer.byte(
    message.qos | (message.retain ? RETAIN : 0) | (publisher === undefined ? 0 : HAS_PUBLISHER) |
      (expiresAt === undefined ? 0 : HAS_EXPIRY),
  );
  writer.number(message.id);
  writer.float(message.receivedAt);
  if (expiresAt !== undefined) writer.float(expiresAt);
  if (publisher !== undefined) writer.string(publisher);
  writer.string(message.topic);
  writer.properties(message.properties, PacketType.PUBLISH);
  writer.rest(message.payload);
}

/** The payload is a view of the record's bytes, which must stay as they are. */
export function readMessage(reader: RecordReader): Message {
  const flags = reader.readByte();
  const id = reader.readNumber();
  const receivedAt = reader.readFloat();
  const expiresAt = (flags & HAS_EXPIRY) !== 0 ? reader.readFloat() : undefined;
  const publisher = (flags & HAS_PUBLISHER) !== 0 ? reader.readString() : undefined;
  const message = new Message({
    topic: reader.readString(),
    properties: decodeProperties<MessageProperties>(reader, PacketType.PUBLISH),
    payload: reader.readRest(),
    qos: (flags & QOS_MASK) as QoS,
    retain: (flags & RETAIN) !== 0,
    publisher,
    receivedAt,
    expiresAt,
    payloadStays: true,
  });
  message.id = id;
  return message;
}

/** What a write has to know of a delivery that is stored. */
export interface DeliveryHead {
  /** `message.cost`. */
  readonly cost: number;
  /** The body that it shares with others; 0: its message is in its own record. */
  readonly bodyId: number;
}

/** `shared`: the message is stored as a body of its own. */
export function writeDelivery(writer: RecordWriter, delivery: Delivery, shared: boolean): void {
  const { message, subscriptionIdentifiers, share } = delivery;
  writer.byte(
    delivery.qos | (delivery.retain ? RETAIN : 0) |
      (subscriptionIdentifiers.length > 0 ? HAS_IDENTIFIERS : 0) |
      (share === undefined ? 0 : HAS_SHARE) | (shared ? SHARED_BODY : 0),
  );
  writer.number(message.cost);
  if (shared) writer.number(message.id);
  if (subscriptionIdentifiers.length > 0) {
    writer.number(subscriptionIdentifiers.length);
    for (const identifier of subscriptionIdentifiers) writer.number(identifier);
  }
  if (share !== undefined) writer.string(share);
  if (!shared) writeMessage(writer, message);
}

export function readDeliveryHead(reader: RecordReader): DeliveryHead {
  const flags = reader.readByte();
  const cost = reader.readNumber();
  return { cost, bodyId: (flags & SHARED_BODY) !== 0 ? reader.readNumber() : 0 };
}

/** A delivery as it was read, with its message or the id of the body that has it. */
export type StoredDelivery = Omit<Delivery, "message"> & {
  readonly message: Message | undefined;
  readonly bodyId: number;
};

export function readDelivery(reader: RecordReader): StoredDelivery {
  const flags = reader.readByte();
  reader.readNumber(); // the cost
  const bodyId = (flags & SHARED_BODY) !== 0 ? reader.readNumber() : 0;
  return {
    qos: (flags & QOS_MASK) as QoS,
    retain: (flags & RETAIN) !== 0,
    subscriptionIdentifiers: (flags & HAS_IDENTIFIERS) !== 0
      ? readIdentifiers(reader)
      : NO_IDENTIFIERS,
    share: (flags & HAS_SHARE) !== 0 ? reader.readString() : undefined,
    bodyId,
    message: bodyId === 0 ? readMessage(reader) : undefined,
  };
}

function readIdentifiers(reader: RecordReader): number[] {
  const identifiers: number[] = [];
  for (let left = reader.readNumber(); left > 0; left--) identifiers.push(reader.readNumber());
  return identifiers;
}
