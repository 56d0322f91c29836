import { invariant } from "../../base/invariant.ts";
import { protocolError, ReasonCode } from "../reason_code.ts";

/** CONNACK of 3.1 and 3.1.1: five return codes where 5.0 has more than twenty reason codes. */
const ReturnCode = {
  UnacceptableProtocolVersion: 1,
  IdentifierRejected: 2,
  ServerUnavailable: 3,
  BadUserNameOrPassword: 4,
  NotAuthorized: 5,
} as const;

/** The reason codes that say exactly what a return code says, by return code. */
const REASON_CODES: readonly ReasonCode[] = [
  ReasonCode.Success,
  ReasonCode.UnsupportedProtocolVersion,
  ReasonCode.ClientIdentifierNotValid,
  ReasonCode.ServerUnavailable,
  ReasonCode.BadUserNameOrPassword,
  ReasonCode.NotAuthorized,
];

/**
 * The return code that comes closest. What has no twin is divided by what the client should make of
 * it: 3 where trying again later or elsewhere may help, 5 where the server will refuse the same
 * CONNECT again.
 */
const RETURN_CODES: Readonly<Partial<Record<ReasonCode, number>>> = {
  [ReasonCode.Success]: 0,
  [ReasonCode.UnsupportedProtocolVersion]: ReturnCode.UnacceptableProtocolVersion,
  [ReasonCode.ClientIdentifierNotValid]: ReturnCode.IdentifierRejected,
  [ReasonCode.BadUserNameOrPassword]: ReturnCode.BadUserNameOrPassword,

  [ReasonCode.UnspecifiedError]: ReturnCode.ServerUnavailable,
  [ReasonCode.ImplementationSpecificError]: ReturnCode.ServerUnavailable,
  [ReasonCode.ServerUnavailable]: ReturnCode.ServerUnavailable,
  [ReasonCode.ServerBusy]: ReturnCode.ServerUnavailable,
  [ReasonCode.QuotaExceeded]: ReturnCode.ServerUnavailable,
  [ReasonCode.UseAnotherServer]: ReturnCode.ServerUnavailable,
  [ReasonCode.ServerMoved]: ReturnCode.ServerUnavailable,
  [ReasonCode.ConnectionRateExceeded]: ReturnCode.ServerUnavailable,

  [ReasonCode.MalformedPacket]: ReturnCode.NotAuthorized,
  [ReasonCode.ProtocolError]: ReturnCode.NotAuthorized,
  [ReasonCode.NotAuthorized]: ReturnCode.NotAuthorized,
  [ReasonCode.Banned]: ReturnCode.NotAuthorized,
  [ReasonCode.BadAuthenticationMethod]: ReturnCode.NotAuthorized,
  [ReasonCode.TopicNameInvalid]: ReturnCode.NotAuthorized,
  [ReasonCode.PacketTooLarge]: ReturnCode.NotAuthorized,
  [ReasonCode.PayloadFormatInvalid]: ReturnCode.NotAuthorized,
  [ReasonCode.RetainNotSupported]: ReturnCode.NotAuthorized,
  [ReasonCode.QoSNotSupported]: ReturnCode.NotAuthorized,
};

/** For a reason code that CONNACK can carry. */
export function toReturnCode(reasonCode: ReasonCode): number {
  const returnCode = RETURN_CODES[reasonCode];
  invariant(returnCode !== undefined, "CONNACK cannot carry this reason code");
  return returnCode;
}

/** @throws PacketError for the return codes from 6 on, which are reserved. */
export function fromReturnCode(returnCode: number): ReasonCode {
  const reasonCode = REASON_CODES[returnCode];
  if (reasonCode === undefined) throw protocolError(`reserved return code ${returnCode}`);
  return reasonCode;
}
