/**
 * What handlers answer, and the one place below `mqtt/` where the protocol versions differ.
 */
import { type Packet, PacketType, type ProtocolVersion } from "../mqtt/packet.ts";
import { packetSize } from "../mqtt/packet_encoder.ts";
import type { Connack } from "../mqtt/packets/connack.ts";
import type { Connect } from "../mqtt/packets/connect.ts";
import type { Puback } from "../mqtt/packets/puback.ts";
import type { Pubcomp } from "../mqtt/packets/pubcomp.ts";
import type { Pubrec } from "../mqtt/packets/pubrec.ts";
import type { Pubrel } from "../mqtt/packets/pubrel.ts";
import { type AckProperties, NO_PROPERTIES, type UserProperties } from "../mqtt/properties.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import { sendersOf } from "../mqtt/reason_code_table.ts";
import { Sender } from "../mqtt/sender.ts";

/** An answer that may leave only when a write is durable. Order among answers is kept. */
export class DurableReply {
  constructor(
    readonly durable: Promise<void>,
    readonly packet: Packet,
    /** What to answer when the write failed; undefined: end the connection (3.x cannot be told). */
    readonly onFailure: (error: unknown) => Packet | undefined,
    /** Runs when the answer is decided, before it is written. */
    readonly settled?: () => void,
  ) {}
}

/**
 * No answer, but a write: it counts as an answer that waits, so that a client which is told nothing
 * does not run ahead of the store without a bound.
 */
export class UnansweredWrite {
  /** `durable`: whoever made the write looks after its failure. */
  constructor(readonly durable: Promise<void>) {}
}

/** Ends the connection, with DISCONNECT where the version has it. */
export class Disconnection {
  constructor(
    readonly reasonCode: ReasonCode,
    readonly reason: string,
    readonly userProperties?: UserProperties,
  ) {}
}

/** An answer, and what follows once it is on its way (retained messages after SUBACK). */
export class ReplyThen {
  constructor(readonly packet: Packet, readonly after: () => void) {}
}

/** Refuses a CONNECT: CONNACK, then the connection is closed [MQTT-3.2.2-7]. */
export class ConnectRefusal {
  constructor(readonly packet: Connack, readonly reason: string) {}
}

export type Reply =
  | Packet
  | DurableReply
  | UnansweredWrite
  | ReplyThen
  | ConnectRefusal
  | Disconnection
  | undefined;

/** What a handler returns; a promise makes the connection wait with its next packet. */
export type HandlerResult = Reply | Promise<Reply>;

export function puback(packetId: number, reasonCode: ReasonCode): Puback {
  return { type: PacketType.PUBACK, packetId, reasonCode, properties: NO_PROPERTIES };
}

export function pubrec(packetId: number, reasonCode: ReasonCode): Pubrec {
  return { type: PacketType.PUBREC, packetId, reasonCode, properties: NO_PROPERTIES };
}

export function pubrel(packetId: number, reasonCode: ReasonCode): Pubrel {
  return { type: PacketType.PUBREL, packetId, reasonCode, properties: NO_PROPERTIES };
}

export function pubcomp(packetId: number, reasonCode: ReasonCode): Pubcomp {
  return { type: PacketType.PUBCOMP, packetId, reasonCode, properties: NO_PROPERTIES };
}

/** True when the version carries reason codes in its acknowledgements and has a server DISCONNECT. */
export function hasReasonCodes(version: ProtocolVersion): boolean {
  return version === 5;
}

/** Versions older than 5.0 may be sent unacknowledged messages again on the same connection. */
export function allowsRetry(version: ProtocolVersion): boolean {
  return version !== 5;
}

/**
 * How long the session of a CONNECT outlives its connection, in seconds, before the broker's cap.
 * 3.x has no interval: clean session 0 means "keep it", for as long as the operator allows.
 */
export function requestedExpiry(connect: Connect, defaultSeconds: number): number {
  if (connect.protocolVersion === 5) return connect.properties.sessionExpiryInterval ?? 0;
  return connect.cleanStart ? 0 : defaultSeconds;
}

/** MQTT 3.1 allows client identifiers of 1 to 23 characters and no others. */
const CLIENT_ID_LENGTH_MAX_V31 = 23;

/** Why a client identifier is not valid in this version; undefined when it is. Empty asks for one. */
export function clientIdProblem(connect: Connect): string | undefined {
  const { clientId, cleanStart, protocolVersion } = connect;
  if (protocolVersion === 3) {
    if (clientId === "") return "MQTT 3.1 has no empty client identifier";
    if (clientId.length > CLIENT_ID_LENGTH_MAX_V31) {
      return "MQTT 3.1 limits client identifiers to 23 characters";
    }
  }
  if (protocolVersion === 4 && clientId === "" && !cleanStart) {
    return "an empty client identifier needs clean session 1";
  }
  return undefined;
}

/** What a failed subscription is answered with: 3.x knows one failure code. */
export function subscribeFailure(version: ProtocolVersion, reasonCode: ReasonCode): ReasonCode {
  return version === 5 ? reasonCode : ReasonCode.UnspecifiedError;
}

/** What decides whether an answer may carry a Reason String or User Properties. */
export interface DiagnosticsPolicy {
  readonly protocolVersion: ProtocolVersion;
  readonly requestProblemInformation: boolean;
  /** The client's Maximum Packet Size. */
  readonly maximumPacketSize: number | undefined;
}

/**
 * `packet` with a Reason String, where the client wants it [MQTT-3.1.2-29] and the packet does not
 * grow beyond the client's Maximum Packet Size [MQTT-3.4.2-2] and its twins; `packet` otherwise.
 */
export function withReasonString<P extends Packet>(
  packet: P & { readonly properties: object },
  reasonString: string,
  policy: DiagnosticsPolicy,
): P {
  return withDiagnostic(packet, { reasonString }, policy);
}

/** The same for User Properties [MQTT-3.4.2-3] and its twins. */
export function withUserProperties<P extends Packet>(
  packet: P & { readonly properties: object },
  userProperties: UserProperties,
  policy: DiagnosticsPolicy,
): P {
  return withDiagnostic(packet, { userProperties }, policy);
}

function withDiagnostic<P extends Packet>(
  packet: P & { readonly properties: object },
  diagnostic: AckProperties,
  policy: DiagnosticsPolicy,
): P {
  if (policy.protocolVersion !== 5) return packet;
  const always = packet.type === PacketType.CONNACK || packet.type === PacketType.DISCONNECT;
  if (!policy.requestProblemInformation && !always) return packet;
  const longer = { ...packet, properties: { ...packet.properties, ...diagnostic } };
  if (
    policy.maximumPacketSize !== undefined &&
    packetSize(longer as unknown as Packet, 5) > policy.maximumPacketSize
  ) return packet;
  return longer;
}

/** `reasonCode` where a packet of this type from a server can carry it, `otherwise` where not. */
export function sendable(
  type: PacketType,
  reasonCode: ReasonCode,
  otherwise: ReasonCode,
): ReasonCode {
  return (sendersOf(type, reasonCode) & Sender.SERVER) === 0 ? otherwise : reasonCode;
}
