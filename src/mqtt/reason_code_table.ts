import { PacketType } from "./packet.ts";
import { protocolError, ReasonCode } from "./reason_code.ts";
import { EITHER_SENDER, Sender, type Senders } from "./sender.ts";

/**
 * Which reason codes each packet of MQTT 5.0 may carry and who may send them there: the tables in
 * sections 3.2.2.2 to 3.15.2.1.
 */

const SENDERS_BY_PACKET: Uint8Array[] = [];
for (let type = 0; type < 16; type++) SENDERS_BY_PACKET.push(new Uint8Array(256));

allow(PacketType.CONNACK, Sender.SERVER, [
  ReasonCode.Success,
  ReasonCode.UnspecifiedError,
  ReasonCode.MalformedPacket,
  ReasonCode.ProtocolError,
  ReasonCode.ImplementationSpecificError,
  ReasonCode.UnsupportedProtocolVersion,
  ReasonCode.ClientIdentifierNotValid,
  ReasonCode.BadUserNameOrPassword,
  ReasonCode.NotAuthorized,
  ReasonCode.ServerUnavailable,
  ReasonCode.ServerBusy,
  ReasonCode.Banned,
  ReasonCode.BadAuthenticationMethod,
  ReasonCode.TopicNameInvalid,
  ReasonCode.PacketTooLarge,
  ReasonCode.QuotaExceeded,
  ReasonCode.PayloadFormatInvalid,
  ReasonCode.RetainNotSupported,
  ReasonCode.QoSNotSupported,
  ReasonCode.UseAnotherServer,
  ReasonCode.ServerMoved,
  ReasonCode.ConnectionRateExceeded,
]);

for (const type of [PacketType.PUBACK, PacketType.PUBREC]) {
  allow(type, Sender.SERVER, [ReasonCode.NoMatchingSubscribers]);
  allow(type, EITHER_SENDER, [
    ReasonCode.Success,
    ReasonCode.UnspecifiedError,
    ReasonCode.ImplementationSpecificError,
    ReasonCode.NotAuthorized,
    ReasonCode.TopicNameInvalid,
    ReasonCode.PacketIdentifierInUse,
    ReasonCode.QuotaExceeded,
    ReasonCode.PayloadFormatInvalid,
  ]);
}

for (const type of [PacketType.PUBREL, PacketType.PUBCOMP]) {
  allow(type, EITHER_SENDER, [ReasonCode.Success, ReasonCode.PacketIdentifierNotFound]);
}

allow(PacketType.SUBACK, Sender.SERVER, [
  ReasonCode.Success,
  ReasonCode.GrantedQoS1,
  ReasonCode.GrantedQoS2,
  ReasonCode.UnspecifiedError,
  ReasonCode.ImplementationSpecificError,
  ReasonCode.NotAuthorized,
  ReasonCode.TopicFilterInvalid,
  ReasonCode.PacketIdentifierInUse,
  ReasonCode.QuotaExceeded,
  ReasonCode.SharedSubscriptionsNotSupported,
  ReasonCode.SubscriptionIdentifiersNotSupported,
  ReasonCode.WildcardSubscriptionsNotSupported,
]);

allow(PacketType.UNSUBACK, Sender.SERVER, [
  ReasonCode.Success,
  ReasonCode.NoSubscriptionExisted,
  ReasonCode.UnspecifiedError,
  ReasonCode.ImplementationSpecificError,
  ReasonCode.NotAuthorized,
  ReasonCode.TopicFilterInvalid,
  ReasonCode.PacketIdentifierInUse,
]);

allow(PacketType.DISCONNECT, Sender.CLIENT, [ReasonCode.DisconnectWithWill]);
allow(PacketType.DISCONNECT, Sender.SERVER, [
  ReasonCode.NotAuthorized,
  ReasonCode.ServerBusy,
  ReasonCode.ServerShuttingDown,
  // In the summary of section 2.4 but not in section 3.14; a failed re-authentication needs it.
  ReasonCode.BadAuthenticationMethod,
  ReasonCode.KeepAliveTimeout,
  ReasonCode.SessionTakenOver,
  ReasonCode.TopicFilterInvalid,
  ReasonCode.RetainNotSupported,
  ReasonCode.QoSNotSupported,
  ReasonCode.UseAnotherServer,
  ReasonCode.ServerMoved,
  ReasonCode.SharedSubscriptionsNotSupported,
  ReasonCode.ConnectionRateExceeded,
  ReasonCode.MaximumConnectTime,
  ReasonCode.SubscriptionIdentifiersNotSupported,
  ReasonCode.WildcardSubscriptionsNotSupported,
]);
allow(PacketType.DISCONNECT, EITHER_SENDER, [
  // Listed for clients only, but it is also what a DISCONNECT without any code says, and a server
  // that leaves without giving a reason does no harm.
  ReasonCode.Success,
  ReasonCode.UnspecifiedError,
  ReasonCode.MalformedPacket,
  ReasonCode.ProtocolError,
  ReasonCode.ImplementationSpecificError,
  ReasonCode.TopicNameInvalid,
  ReasonCode.ReceiveMaximumExceeded,
  ReasonCode.TopicAliasInvalid,
  ReasonCode.PacketTooLarge,
  ReasonCode.MessageRateTooHigh,
  ReasonCode.QuotaExceeded,
  ReasonCode.AdministrativeAction,
  ReasonCode.PayloadFormatInvalid,
]);

allow(PacketType.AUTH, Sender.SERVER, [ReasonCode.Success]);
allow(PacketType.AUTH, EITHER_SENDER, [ReasonCode.ContinueAuthentication]);
allow(PacketType.AUTH, Sender.CLIENT, [ReasonCode.ReAuthenticate]);

function allow(type: PacketType, senders: Senders, reasonCodes: readonly ReasonCode[]): void {
  for (const reasonCode of reasonCodes) SENDERS_BY_PACKET[type]![reasonCode]! |= senders;
}

/** Who may send `reasonCode` in a packet of this type; 0: nobody. */
export function sendersOf(type: PacketType, reasonCode: number): Senders {
  return SENDERS_BY_PACKET[type]![reasonCode] ?? 0;
}

/**
 * The byte as a reason code.
 *
 * @throws PacketError when a packet of this type cannot carry it, or not from this sender. The
 * packet can be parsed, so that is a Protocol Error.
 */
export function requireReasonCode(type: PacketType, byte: number, sender: Sender): ReasonCode {
  if ((sendersOf(type, byte) & sender) === 0) {
    throw protocolError(`reason code ${byte} does not belong in a packet of type ${type}`);
  }
  return byte as ReasonCode;
}
