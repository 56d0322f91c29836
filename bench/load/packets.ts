/**
 * The packets of the generator, MQTT 3.1.1, built by hand: it must not share a mistake with the
 * codec of the broker that it measures.
 */

export type QoS = 0 | 1 | 2;

export const PacketHeader = {
  CONNACK: 0x20,
  PUBLISH: 0x30,
  PUBACK: 0x40,
  PUBREC: 0x50,
  PUBREL: 0x62,
  PUBCOMP: 0x70,
  SUBACK: 0x90,
  PINGRESP: 0xd0,
} as const;

const CONNECT = 0x10;
const SUBSCRIBE = 0x82;
const CLEAN_SESSION = 0x02;
const RETAIN = 0x01;
const WILL_FLAG = 0x04;
const WILL_QOS_SHIFT = 3;

export const PINGREQ = Uint8Array.of(0xc0, 0);
export const DISCONNECT = Uint8Array.of(0xe0, 0);

/** Offsets in a payload: time of sending (float64, ms), publisher and sequence number (uint32). */
export const STAMP = { sentAt: 0, publisher: 8, sequence: 12, size: 16 } as const;

const encoder = new TextEncoder();

export interface Will {
  readonly topic: string;
  readonly payload: string;
  readonly qos: QoS;
}

/** `keepAlive` is in seconds. */
export function connectPacket(
  clientId: string,
  cleanSession: boolean,
  keepAlive: number,
  will?: Will,
): Uint8Array {
  const willFlags = will === undefined ? 0 : WILL_FLAG | will.qos << WILL_QOS_SHIFT;
  const flags = willFlags | (cleanSession ? CLEAN_SESSION : 0);
  return packet(CONNECT, [
    ...text("MQTT"),
    4,
    flags,
    keepAlive >> 8,
    keepAlive & 0xff,
    ...text(clientId),
    ...will === undefined ? [] : [...text(will.topic), ...text(will.payload)],
  ]);
}

export function subscribePacket(
  packetId: number,
  topicFilters: readonly string[],
  qos: QoS,
): Uint8Array {
  const filters = topicFilters.flatMap((topicFilter) => [...text(topicFilter), qos]);
  return packet(SUBSCRIBE, [packetId >> 8, packetId & 0xff, ...filters]);
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP; `header` is one of {@linkcode PacketHeader}. */
export function acknowledgement(header: number, packetId: number): Uint8Array {
  return Uint8Array.of(header, 2, packetId >> 8, packetId & 0xff);
}

export interface PublishTemplate {
  readonly bytes: Uint8Array;
  /** Where the packet id stands; undefined at QoS 0. */
  readonly packetIdOffset: number | undefined;
  readonly payloadOffset: number;
}

/** A PUBLISH in which only the packet id and the stamp are still to be written. */
export function publishTemplate(
  topic: string,
  { qos, retain, size }: { qos: QoS; retain: boolean; size: number },
): PublishTemplate {
  const payload = Uint8Array.from({ length: size }, (_, i) => 0x61 + i % 26);
  const header = PacketHeader.PUBLISH | qos << 1 | (retain ? RETAIN : 0);
  const id = qos === 0 ? [] : [0, 0];
  const variable = Uint8Array.from([...text(topic), ...id]);
  const bytes = packet(header, variable, payload);
  const payloadOffset = bytes.length - size;
  return { bytes, packetIdOffset: qos === 0 ? undefined : payloadOffset - 2, payloadOffset };
}

function text(value: string): Uint8Array {
  const bytes = encoder.encode(value);
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff, ...bytes);
}

function packet(
  header: number,
  variable: ArrayLike<number>,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const length = variable.length + payload.length;
  const lengthBytes: number[] = [];
  for (let rest = length;;) {
    lengthBytes.push(rest < 0x80 ? rest : rest & 0x7f | 0x80);
    rest >>= 7;
    if (rest === 0) break;
  }
  const bytes = new Uint8Array(1 + lengthBytes.length + length);
  bytes[0] = header;
  bytes.set(lengthBytes, 1);
  bytes.set(variable, 1 + lengthBytes.length);
  bytes.set(payload, bytes.length - payload.length);
  return bytes;
}
