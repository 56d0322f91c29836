import fc, { type Arbitrary } from "fast-check";
import { type Packet, PacketType, type ProtocolVersion, type QoS } from "../../src/mqtt/packet.ts";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import type { RetainHandling } from "../../src/mqtt/subscription.ts";
import { NO_PROPERTIES } from "../../src/mqtt/properties.ts";
import type { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { sendersOf } from "../../src/mqtt/reason_code_table.ts";
import { Sender } from "../../src/mqtt/sender.ts";

/** Every legal packet of a version that one side sends, in the shape that the decoder gives it. */
export function legalPackets(version: ProtocolVersion, sender: Sender): Arbitrary<Packet> {
  const either = [publish(version, sender), ...publishAcks(version, sender)];
  if (version === 5) either.push(disconnect(sender), auth(sender));
  if (sender === Sender.SERVER) {
    return fc.oneof(...either, connack(version), suback(version), unsuback(version), pingresp());
  }
  if (version !== 5) either.push(fc.constant(NORMAL_DISCONNECT));
  return fc.oneof(...either, connect(version), subscribe(version), unsubscribe(version), pingreq());
}

const NORMAL_DISCONNECT: Packet = {
  type: PacketType.DISCONNECT,
  reasonCode: 0,
  properties: NO_PROPERTIES,
};

/** Mostly ASCII, with characters of two, three and four bytes, but neither U+0000 nor surrogates. */
const character = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 0x20, max: 0x7e }) },
  { weight: 1, arbitrary: fc.integer({ min: 0x01, max: 0x7f }) },
  { weight: 2, arbitrary: fc.integer({ min: 0x80, max: 0xd7ff }) },
  { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0x10_ffff }) },
  { weight: 1, arbitrary: fc.constant(0xfeff) },
).map((code) => String.fromCodePoint(code));
const text = fc.string({ unit: character, maxLength: 30 });
const topicName = fc.oneof(
  text.map((it) => it.replace(/[+#]/g, "") || "t"),
  fc.constantFrom("a/b", "$SYS/x", "/", "long/".repeat(30)),
);
const binary = fc.uint8Array({ maxLength: 40 });
const uint16 = fc.nat(0xffff);
const uint32 = fc.nat(0xffff_ffff);
const nonZero16 = fc.integer({ min: 1, max: 0xffff });
const nonZero32 = fc.integer({ min: 1, max: 0xffff_ffff });
const subscriptionIdentifier = fc.integer({ min: 1, max: 268_435_455 });
const packetId = nonZero16;
const qos = fc.constantFrom<QoS[]>(0, 1, 2);

/** Few names, so that they repeat. */
const userProperty = fc.tuple(fc.constantFrom("a", "b", "ключ", ""), text);

/** Plain objects, as the decoder makes them. */
function record<T>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as Arbitrary<T>;
}

/** Some of these properties; the empty list in 3.x. */
function some(version: ProtocolVersion, fields: Record<string, Arbitrary<unknown>>) {
  if (version !== 5) return fc.constant(NO_PROPERTIES);
  const userProperties = fc.array(userProperty, { minLength: 1, maxLength: 5 });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(NO_PROPERTIES) },
    {
      weight: 3,
      arbitrary: fc.record({ ...fields, userProperties }, {
        requiredKeys: [],
        noNullPrototype: true,
      }),
    },
  ) as Arbitrary<object>;
}

const message = {
  payloadFormatIndicator: fc.constantFrom(0, 1),
  messageExpiryInterval: uint32,
  contentType: text,
  responseTopic: topicName,
  correlationData: binary,
};

function publish(version: ProtocolVersion, sender: Sender): Arbitrary<Packet> {
  const properties = some(version, {
    ...message,
    topicAlias: nonZero16,
    ...(sender === Sender.SERVER
      ? {
        subscriptionIdentifiers: fc.array(subscriptionIdentifier, { minLength: 1, maxLength: 4 }),
      }
      : {}),
  });
  const payload = fc.oneof(binary, fc.uint8Array({ minLength: 100, maxLength: 300 }));
  return record({
    topic: topicName,
    qos,
    packetId,
    dup: fc.boolean(),
    retain: fc.boolean(),
    payload,
    properties,
    aliasOnly: fc.boolean(),
  }).map(({ aliasOnly, ...it }): Publish => ({
    type: PacketType.PUBLISH,
    dup: it.qos > 0 && it.dup,
    qos: it.qos,
    retain: it.retain,
    topic: aliasOnly && "topicAlias" in it.properties ? "" : it.topic,
    packetId: it.qos > 0 ? it.packetId : 0,
    payload: it.payload,
    properties: it.properties,
  }));
}

function reasonCodes(type: PacketType, sender: Sender): Arbitrary<ReasonCode> {
  const codes = Array.from({ length: 256 }, (_, code) => code as ReasonCode);
  return fc.constantFrom(...codes.filter((code) => (sendersOf(type, code) & sender) !== 0));
}

function codeOrSuccess(version: ProtocolVersion, type: PacketType, sender: Sender) {
  return version === 5 ? reasonCodes(type, sender) : fc.constant<ReasonCode>(0);
}

const ackFields = { reasonString: text };

function publishAcks(version: ProtocolVersion, sender: Sender): Arbitrary<Packet>[] {
  const types = [PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBREL, PacketType.PUBCOMP];
  return types.map((type) =>
    record({
      type: fc.constant(type),
      packetId,
      reasonCode: codeOrSuccess(version, type, sender),
      properties: some(version, ackFields),
    }) as Arbitrary<Packet>
  );
}

function connect(version: ProtocolVersion): Arbitrary<Packet> {
  const will = record({
    topic: topicName,
    payload: binary,
    qos,
    retain: fc.boolean(),
    properties: some(version, { ...message, willDelayInterval: uint32 }),
  });
  const authentication = fc.option(fc.tuple(text, fc.option(binary)));
  return record({
    bridge: version === 5 ? fc.constant(false) : fc.boolean(),
    clientId: text,
    cleanStart: fc.boolean(),
    keepAlive: uint16,
    will: fc.option(will, { nil: undefined }),
    username: fc.option(text, { nil: undefined }),
    password: fc.option(binary, { nil: undefined }),
    properties: some(version, {
      sessionExpiryInterval: uint32,
      receiveMaximum: nonZero16,
      maximumPacketSize: nonZero32,
      topicAliasMaximum: uint16,
      requestResponseInformation: fc.boolean(),
      requestProblemInformation: fc.boolean(),
    }),
    authentication,
  }).map(({ authentication, ...it }): Packet => ({
    type: PacketType.CONNECT,
    protocolVersion: version,
    ...it,
    password: version !== 5 && it.username === undefined ? undefined : it.password,
    properties: version === 5 ? { ...it.properties, ...method(authentication) } : it.properties,
  }));
}

/** Data only together with a method. */
function method(authentication: [string, Uint8Array | null] | null): object {
  if (authentication === null) return {};
  const [authenticationMethod, authenticationData] = authentication;
  return { authenticationMethod, ...(authenticationData === null ? {} : { authenticationData }) };
}

function connack(version: ProtocolVersion): Arbitrary<Packet> {
  const reasonCode = version === 5
    ? reasonCodes(PacketType.CONNACK, Sender.SERVER)
    : fc.constantFrom<ReasonCode[]>(0, 0x84, 0x85, 0x86, 0x87, 0x88);
  return record({
    sessionPresent: fc.boolean(),
    reasonCode,
    properties: some(version, {
      sessionExpiryInterval: uint32,
      receiveMaximum: nonZero16,
      maximumQoS: fc.constantFrom(0, 1),
      retainAvailable: fc.boolean(),
      maximumPacketSize: nonZero32,
      assignedClientIdentifier: text,
      topicAliasMaximum: uint16,
      reasonString: text,
      wildcardSubscriptionAvailable: fc.boolean(),
      subscriptionIdentifiersAvailable: fc.boolean(),
      sharedSubscriptionAvailable: fc.boolean(),
      serverKeepAlive: uint16,
      responseInformation: text,
      serverReference: text,
      authenticationMethod: text,
    }),
  }).map((it): Packet => ({
    type: PacketType.CONNACK,
    ...it,
    sessionPresent: version !== 3 && it.reasonCode === 0 && it.sessionPresent,
  }));
}

function subscribe(version: ProtocolVersion): Arbitrary<Packet> {
  const v5 = version === 5;
  const request = record({
    topicFilter: text,
    qos,
    noLocal: v5 ? fc.boolean() : fc.constant(false),
    retainAsPublished: v5 ? fc.boolean() : fc.constant(false),
    retainHandling: v5
      ? fc.constantFrom<RetainHandling[]>(0, 1, 2)
      : fc.constant<RetainHandling>(0),
  });
  return record({
    type: fc.constant(PacketType.SUBSCRIBE),
    packetId,
    subscriptions: fc.array(request, { minLength: 1, maxLength: 5 }),
    properties: some(version, { subscriptionIdentifier }),
  });
}

function unsubscribe(version: ProtocolVersion): Arbitrary<Packet> {
  return record({
    type: fc.constant(PacketType.UNSUBSCRIBE),
    packetId,
    topicFilters: fc.array(text, { minLength: 1, maxLength: 5 }),
    properties: some(version, {}),
  });
}

function suback(version: ProtocolVersion): Arbitrary<Packet> {
  const code = version === 5
    ? reasonCodes(PacketType.SUBACK, Sender.SERVER)
    : fc.constantFrom<ReasonCode[]>(0, 1, 2, 0x80);
  return record({
    type: fc.constant(PacketType.SUBACK),
    packetId,
    reasonCodes: fc.array(code, { minLength: 1, maxLength: 5 }),
    properties: some(version, ackFields),
  });
}

function unsuback(version: ProtocolVersion): Arbitrary<Packet> {
  const code = reasonCodes(PacketType.UNSUBACK, Sender.SERVER);
  return record({
    type: fc.constant(PacketType.UNSUBACK),
    packetId,
    reasonCodes: version === 5
      ? fc.array(code, { minLength: 1, maxLength: 5 })
      : fc.constant<ReasonCode[]>([]),
    properties: some(version, ackFields),
  });
}

function pingreq(): Arbitrary<Packet> {
  return fc.constant({ type: PacketType.PINGREQ });
}

function pingresp(): Arbitrary<Packet> {
  return fc.constant({ type: PacketType.PINGRESP });
}

function disconnect(sender: Sender): Arbitrary<Packet> {
  return record({
    type: fc.constant(PacketType.DISCONNECT),
    reasonCode: reasonCodes(PacketType.DISCONNECT, sender),
    properties: some(5, {
      reasonString: text,
      ...(sender === Sender.CLIENT ? { sessionExpiryInterval: uint32 } : { serverReference: text }),
    }),
  });
}

function auth(sender: Sender): Arbitrary<Packet> {
  return record({
    reasonCode: reasonCodes(PacketType.AUTH, sender),
    authentication: fc.tuple(text, fc.option(binary)),
    properties: some(5, ackFields),
  }).map(({ reasonCode, authentication, properties }): Packet => ({
    type: PacketType.AUTH,
    reasonCode,
    properties: { ...properties, ...method(authentication) },
  }));
}
