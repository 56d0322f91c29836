/**
 * Our packets in the shape of npm `mqtt-packet`, and back. That library groups user properties by
 * name, so packets are compared after {@linkcode grouped}, which does the same to ours.
 */
import assert from "#assert";
import { Buffer } from "node:buffer";
import mqttPacket from "mqtt-packet";
import { type Packet, PacketType, type ProtocolVersion } from "../../src/mqtt/packet.ts";

// deno-lint-ignore no-explicit-any -- their packets are a union of loosely typed shapes
type Theirs = any;
type Fields = Record<string, unknown>;

const COMMANDS = [
  "",
  "connect",
  "connack",
  "publish",
  "puback",
  "pubrec",
  "pubrel",
  "pubcomp",
  "subscribe",
  "suback",
  "unsubscribe",
  "unsuback",
  "pingreq",
  "pingresp",
  "disconnect",
  "auth",
];

/** Return codes of 3.x, by reason code. */
const RETURN_CODES: Record<number, number> = { 0: 0, 0x84: 1, 0x85: 2, 0x88: 3, 0x86: 4, 0x87: 5 };

/** Encodes with mqtt-packet. */
export function generate(packet: Packet, version: ProtocolVersion): Uint8Array {
  return new Uint8Array(
    mqttPacket.generate(toTheirs(packet, version), { protocolVersion: version }),
  );
}

/** Decodes exactly one packet with mqtt-packet. */
export function parse(bytes: Uint8Array, version: ProtocolVersion): Packet {
  const parser = mqttPacket.parser({ protocolVersion: version });
  const packets: Theirs[] = [];
  parser.on("packet", (packet) => packets.push(packet));
  parser.on("error", (error) => {
    throw error;
  });
  assert.equal(parser.parse(Buffer.from(bytes)), 0);
  assert.equal(packets.length, 1);
  return fromTheirs(packets[0], version);
}

/** The packet with its user properties in the order and the loss of mqtt-packet's grouping. */
export function grouped(packet: Packet): Packet {
  const copy: Fields = { ...packet };
  if ("properties" in packet) {
    const isPublish = packet.type === PacketType.PUBLISH;
    copy.properties = groupedProperties(packet.properties, isPublish);
  }
  if ("will" in packet && packet.will !== undefined) {
    copy.will = { ...packet.will, properties: groupedProperties(packet.will.properties, false) };
  }
  return copy as unknown as Packet;
}

function groupedProperties(properties: object, isPublish: boolean): object {
  return fromTheirProperties(toTheirProperties(properties), isPublish);
}

function toTheirs(packet: Packet, version: ProtocolVersion): Theirs {
  const { type, properties, ...rest } = packet as Packet & { properties?: object };
  const fields: Fields = rest;
  const common = { cmd: COMMANDS[type], properties: properties && toTheirProperties(properties) };
  switch (packet.type) {
    case PacketType.CONNECT:
      return {
        ...common,
        protocolId: version === 3 ? "MQIsdp" : "MQTT",
        protocolVersion: version,
        bridgeMode: packet.bridge,
        clientId: packet.clientId,
        clean: packet.cleanStart,
        keepalive: packet.keepAlive,
        will: packet.will && {
          ...packet.will,
          payload: Buffer.from(packet.will.payload),
          properties: toTheirProperties(packet.will.properties),
        },
        username: packet.username,
        password: packet.password && Buffer.from(packet.password),
      };
    case PacketType.CONNACK:
      return { ...common, ...fields, returnCode: RETURN_CODES[packet.reasonCode] };
    case PacketType.PUBLISH:
      return {
        ...common,
        ...fields,
        messageId: packet.packetId,
        payload: Buffer.from(packet.payload),
      };
    case PacketType.SUBSCRIBE:
      return {
        ...common,
        messageId: packet.packetId,
        subscriptions: packet.subscriptions.map((it) => ({
          topic: it.topicFilter,
          qos: it.qos,
          nl: it.noLocal,
          rap: it.retainAsPublished,
          rh: it.retainHandling,
        })),
      };
    case PacketType.UNSUBSCRIBE:
      return { ...common, messageId: packet.packetId, unsubscriptions: packet.topicFilters };
    case PacketType.SUBACK:
    case PacketType.UNSUBACK:
      return { ...common, messageId: packet.packetId, granted: packet.reasonCodes };
    default:
      return { ...common, ...fields, messageId: fields.packetId };
  }
}

function fromTheirs(theirs: Theirs, version: ProtocolVersion): Packet {
  const type = COMMANDS.indexOf(theirs.cmd) as PacketType;
  const properties = fromTheirProperties(theirs.properties ?? {}, type === PacketType.PUBLISH);
  const packetId = theirs.messageId;
  switch (type) {
    case PacketType.CONNECT:
      return {
        type,
        protocolVersion: theirs.protocolVersion,
        bridge: theirs.bridgeMode ?? false,
        clientId: theirs.clientId,
        cleanStart: theirs.clean,
        keepAlive: theirs.keepalive,
        will: theirs.will && {
          topic: theirs.will.topic,
          payload: new Uint8Array(theirs.will.payload),
          qos: theirs.will.qos,
          retain: theirs.will.retain,
          properties: fromTheirProperties(theirs.will.properties ?? {}, false),
        },
        username: theirs.username,
        password: theirs.password && new Uint8Array(theirs.password),
        properties,
      };
    case PacketType.CONNACK: {
      const byReturnCode = Object.entries(RETURN_CODES).find(([, it]) => it === theirs.returnCode);
      const reasonCode = version === 5 ? theirs.reasonCode : Number(byReturnCode![0]);
      return { type, sessionPresent: theirs.sessionPresent, reasonCode, properties };
    }
    case PacketType.PUBLISH:
      return {
        type,
        dup: theirs.dup,
        qos: theirs.qos,
        retain: theirs.retain,
        topic: theirs.topic,
        packetId: packetId ?? 0,
        payload: new Uint8Array(theirs.payload),
        properties,
      };
    case PacketType.SUBSCRIBE:
      return {
        type,
        packetId,
        subscriptions: theirs.subscriptions.map((it: Theirs) => ({
          topicFilter: it.topic,
          qos: it.qos,
          noLocal: it.nl ?? false,
          retainAsPublished: it.rap ?? false,
          retainHandling: it.rh ?? 0,
        })),
        properties,
      };
    case PacketType.UNSUBSCRIBE:
      return { type, packetId, topicFilters: theirs.unsubscriptions, properties };
    case PacketType.SUBACK:
    case PacketType.UNSUBACK:
      return { type, packetId, reasonCodes: theirs.granted ?? [], properties };
    case PacketType.PINGREQ:
    case PacketType.PINGRESP:
      return { type };
    case PacketType.DISCONNECT:
    case PacketType.AUTH:
      return { type, reasonCode: theirs.reasonCode ?? 0, properties };
    default:
      return { type, packetId, reasonCode: theirs.reasonCode ?? 0, properties };
  }
}

function toTheirProperties(properties: object): Fields {
  const theirs: Fields = {};
  for (const [name, value] of Object.entries(properties)) {
    if (name === "userProperties") theirs[name] = group(value as [string, string][]);
    else if (name === "subscriptionIdentifiers") theirs.subscriptionIdentifier = value;
    else if (name === "payloadFormatIndicator") theirs[name] = value === 1;
    else if (value instanceof Uint8Array) theirs[name] = Buffer.from(value);
    else theirs[name] = value;
  }
  return theirs;
}

/** Their parser forgets an empty value when the name comes again; so does this. */
function group(pairs: readonly [string, string][]): Record<string, string | string[]> {
  const byName: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const earlier = byName[name];
    if (!earlier) byName[name] = value;
    else if (Array.isArray(earlier)) earlier.push(value);
    else byName[name] = [earlier, value];
  }
  return byName;
}

/** There one name is what here is a list in a PUBLISH and a number in a SUBSCRIBE. */
function fromTheirProperties(theirs: Fields, isPublish: boolean): Fields {
  const properties: Fields = {};
  for (const [name, value] of Object.entries(theirs)) {
    if (name === "userProperties") {
      properties[name] = Object.entries(value as object).flatMap(([key, values]) =>
        [values].flat().map((it) => [key, it])
      );
    } else if (name === "subscriptionIdentifier" && isPublish) {
      properties.subscriptionIdentifiers = [value].flat();
    } else if (name === "payloadFormatIndicator") properties[name] = value ? 1 : 0;
    else if (Buffer.isBuffer(value)) properties[name] = new Uint8Array(value);
    else properties[name] = value;
  }
  return properties;
}
