import type { Auth } from "./packets/auth.ts";
import type { Connack } from "./packets/connack.ts";
import type { Connect } from "./packets/connect.ts";
import type { Disconnect } from "./packets/disconnect.ts";
import type { Pingreq } from "./packets/pingreq.ts";
import type { Pingresp } from "./packets/pingresp.ts";
import type { Puback } from "./packets/puback.ts";
import type { Pubcomp } from "./packets/pubcomp.ts";
import type { Publish } from "./packets/publish.ts";
import type { Pubrec } from "./packets/pubrec.ts";
import type { Pubrel } from "./packets/pubrel.ts";
import type { Suback } from "./packets/suback.ts";
import type { Subscribe } from "./packets/subscribe.ts";
import type { Unsuback } from "./packets/unsuback.ts";
import type { Unsubscribe } from "./packets/unsubscribe.ts";

/** MQTT Control Packet types: the high four bits of the first byte (section 2.1.2). */
export const PacketType = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const;
export type PacketType = (typeof PacketType)[keyof typeof PacketType];

/** The protocol level byte of CONNECT: 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type ProtocolVersion = 3 | 4 | 5;

export type QoS = 0 | 1 | 2;

/**
 * Any packet, in the shape of MQTT 5.0. Packets of 3.1 and 3.1.1 are normalised to it when they
 * are decoded: absent properties are empty, return codes become reason codes, clean session
 * becomes clean start (and, for the broker, expiry). Nothing outside this folder needs to know the
 * version to read a packet.
 */
export type Packet =
  | Connect
  | Connack
  | Publish
  | Puback
  | Pubrec
  | Pubrel
  | Pubcomp
  | Subscribe
  | Suback
  | Unsubscribe
  | Unsuback
  | Pingreq
  | Pingresp
  | Disconnect
  | Auth;
