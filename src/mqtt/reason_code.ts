/** Reason codes of MQTT 5.0, section 2.4. The keys are the names that the specification gives. */
export const ReasonCode = {
  Success: 0x00, // also: Normal disconnection, Granted QoS 0
  GrantedQoS1: 0x01,
  GrantedQoS2: 0x02,
  DisconnectWithWill: 0x04,
  NoMatchingSubscribers: 0x10,
  NoSubscriptionExisted: 0x11,
  ContinueAuthentication: 0x18,
  ReAuthenticate: 0x19,
  UnspecifiedError: 0x80,
  MalformedPacket: 0x81,
  ProtocolError: 0x82,
  ImplementationSpecificError: 0x83,
  UnsupportedProtocolVersion: 0x84,
  ClientIdentifierNotValid: 0x85,
  BadUserNameOrPassword: 0x86,
  NotAuthorized: 0x87,
  ServerUnavailable: 0x88,
  ServerBusy: 0x89,
  Banned: 0x8a,
  ServerShuttingDown: 0x8b,
  BadAuthenticationMethod: 0x8c,
  KeepAliveTimeout: 0x8d,
  SessionTakenOver: 0x8e,
  TopicFilterInvalid: 0x8f,
  TopicNameInvalid: 0x90,
  PacketIdentifierInUse: 0x91,
  PacketIdentifierNotFound: 0x92,
  ReceiveMaximumExceeded: 0x93,
  TopicAliasInvalid: 0x94,
  PacketTooLarge: 0x95,
  MessageRateTooHigh: 0x96,
  QuotaExceeded: 0x97,
  AdministrativeAction: 0x98,
  PayloadFormatInvalid: 0x99,
  RetainNotSupported: 0x9a,
  QoSNotSupported: 0x9b,
  UseAnotherServer: 0x9c,
  ServerMoved: 0x9d,
  SharedSubscriptionsNotSupported: 0x9e,
  ConnectionRateExceeded: 0x9f,
  MaximumConnectTime: 0xa0,
  SubscriptionIdentifiersNotSupported: 0xa1,
  WildcardSubscriptionsNotSupported: 0xa2,
} as const;
export type ReasonCode = (typeof ReasonCode)[keyof typeof ReasonCode];

/** True for the codes that refuse (0x80 and above). */
export function isError(reasonCode: number): boolean {
  return reasonCode >= 0x80;
}

/**
 * Bytes that are no packet, or a packet that the standard forbids (here or at this moment). It ends
 * the network connection: with a CONNACK or DISCONNECT that carries `reasonCode` where the version
 * and the moment allow one (MQTT 5.0, section 4.13), silently otherwise.
 */
export class PacketError extends Error {
  override name = "PacketError";

  constructor(readonly reasonCode: ReasonCode, message: string) {
    super(message);
  }
}

/** The bytes cannot be parsed (section 1.2, "Malformed Packet"). */
export function malformed(message: string): PacketError {
  return new PacketError(ReasonCode.MalformedPacket, message);
}

/** The bytes can be parsed, but what they say is not allowed (section 1.2, "Protocol Error"). */
export function protocolError(message: string): PacketError {
  return new PacketError(ReasonCode.ProtocolError, message);
}
