import { PacketType } from "./packet.ts";
import { ReasonCode } from "./reason_code.ts";
import { EITHER_SENDER, Sender, type Senders } from "./sender.ts";
import { hasWildcards } from "./wildcards.ts";

/**
 * Every property of MQTT 5.0 (section 2.2.2.2) with everything that is to be known about it. A new
 * property is a new row here and a new field in `properties.ts`.
 */

/** Where properties stand: in a packet, given by its type, or with the will in a CONNECT. */
export const WILL = 0; // no packet has type 0
export type PropertyPlace = PacketType | typeof WILL;

export type PropertyValue =
  | number
  | boolean
  | string
  | Uint8Array
  | readonly [name: string, value: string];

/** Data types of properties. Boolean is a byte of 0 or 1 that stands for false or true. */
export const DataType = {
  BYTE: 0,
  BOOLEAN: 1,
  TWO_BYTE_INTEGER: 2,
  FOUR_BYTE_INTEGER: 3,
  VARIABLE_BYTE_INTEGER: 4,
  STRING: 5,
  STRING_PAIR: 6,
  BINARY: 7,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

export interface PropertyDefinition {
  readonly identifier: number;
  /** Its field in the interfaces of `properties.ts`. */
  readonly name: string;
  readonly type: DataType;
  readonly places: readonly PropertyPlace[];
  /** Who may send it in these places. */
  readonly senders: Senders;
  /** May stand several times; the field is then the list of values in their order. */
  readonly repeatable: boolean;
  /** False for the values that the specification excludes. */
  readonly allows: (value: PropertyValue) => boolean;
  /** What refuses an excluded value. */
  readonly refusal: ReasonCode;
}

const { BYTE, BOOLEAN, TWO_BYTE_INTEGER, FOUR_BYTE_INTEGER, VARIABLE_BYTE_INTEGER, STRING } =
  DataType;
const { CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP } = PacketType;
const { SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, DISCONNECT, AUTH } = PacketType;

const MESSAGE: readonly PropertyPlace[] = [PUBLISH, WILL];
const ACKS: readonly PropertyPlace[] = [PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK];
const EVERYWHERE: readonly PropertyPlace[] = [
  CONNECT,
  WILL,
  CONNACK,
  PUBLISH,
  ...ACKS,
  SUBSCRIBE,
  UNSUBSCRIBE,
  DISCONNECT,
  AUTH,
];

/** In the order in which they are written; those that receivers can do without come last. */
export const PROPERTIES: readonly PropertyDefinition[] = [
  row(0x01, "payloadFormatIndicator", BYTE, MESSAGE, { allows: zeroOrOne }),
  row(0x02, "messageExpiryInterval", FOUR_BYTE_INTEGER, MESSAGE),
  row(0x03, "contentType", STRING, MESSAGE),
  row(0x08, "responseTopic", STRING, MESSAGE, { allows: topicName }),
  row(0x09, "correlationData", DataType.BINARY, MESSAGE),
  row(0x0b, "subscriptionIdentifiers", VARIABLE_BYTE_INTEGER, [PUBLISH], {
    repeatable: true,
    allows: nonZero,
    senders: Sender.SERVER, // [MQTT-3.3.4-6]
  }),
  row(0x0b, "subscriptionIdentifier", VARIABLE_BYTE_INTEGER, [SUBSCRIBE], { allows: nonZero }),
  row(0x11, "sessionExpiryInterval", FOUR_BYTE_INTEGER, [CONNECT, CONNACK]),
  row(0x11, "sessionExpiryInterval", FOUR_BYTE_INTEGER, [DISCONNECT], {
    senders: Sender.CLIENT, // [MQTT-3.14.2-2]
  }),
  row(0x12, "assignedClientIdentifier", STRING, [CONNACK]),
  row(0x13, "serverKeepAlive", TWO_BYTE_INTEGER, [CONNACK]),
  row(0x15, "authenticationMethod", STRING, [CONNECT, CONNACK, AUTH]),
  row(0x16, "authenticationData", DataType.BINARY, [CONNECT, CONNACK, AUTH]),
  row(0x17, "requestProblemInformation", BOOLEAN, [CONNECT]),
  row(0x18, "willDelayInterval", FOUR_BYTE_INTEGER, [WILL]),
  row(0x19, "requestResponseInformation", BOOLEAN, [CONNECT]),
  row(0x1a, "responseInformation", STRING, [CONNACK]),
  row(0x1c, "serverReference", STRING, [CONNACK, DISCONNECT], { senders: Sender.SERVER }),
  row(0x21, "receiveMaximum", TWO_BYTE_INTEGER, [CONNECT, CONNACK], { allows: nonZero }),
  row(0x22, "topicAliasMaximum", TWO_BYTE_INTEGER, [CONNECT, CONNACK]),
  row(0x23, "topicAlias", TWO_BYTE_INTEGER, [PUBLISH], {
    allows: nonZero,
    refusal: ReasonCode.TopicAliasInvalid, // [MQTT-3.3.2-8]
  }),
  row(0x24, "maximumQoS", BYTE, [CONNACK], { allows: zeroOrOne }),
  row(0x25, "retainAvailable", BOOLEAN, [CONNACK]),
  row(0x27, "maximumPacketSize", FOUR_BYTE_INTEGER, [CONNECT, CONNACK], { allows: nonZero }),
  row(0x28, "wildcardSubscriptionAvailable", BOOLEAN, [CONNACK]),
  row(0x29, "subscriptionIdentifiersAvailable", BOOLEAN, [CONNACK]),
  row(0x2a, "sharedSubscriptionAvailable", BOOLEAN, [CONNACK]),
  row(0x1f, "reasonString", STRING, [CONNACK, ...ACKS, DISCONNECT, AUTH]),
  row(0x26, "userProperties", DataType.STRING_PAIR, EVERYWHERE, { repeatable: true }),
];

function row(
  identifier: number,
  name: string,
  type: DataType,
  places: readonly PropertyPlace[],
  rules: Partial<PropertyDefinition> = {},
): PropertyDefinition {
  return {
    identifier,
    name,
    type,
    places,
    senders: rules.senders ?? EITHER_SENDER,
    repeatable: rules.repeatable ?? false,
    allows: rules.allows ?? anything,
    refusal: rules.refusal ?? ReasonCode.ProtocolError,
  };
}

function anything(): boolean {
  return true;
}

function nonZero(value: PropertyValue): boolean {
  return value !== 0;
}

function zeroOrOne(value: PropertyValue): boolean {
  return value === 0 || value === 1;
}

/** The Response Topic is a Topic Name [MQTT-3.3.2-14] [MQTT-4.7.3-1]. */
function topicName(value: PropertyValue): boolean {
  return typeof value === "string" && value.length > 0 && !hasWildcards(value);
}
