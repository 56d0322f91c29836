import { PacketType } from "../../mqtt/packet.ts";
import type { Auth } from "../../mqtt/packets/auth.ts";
import { PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import { type PendingAuthentication, settleAuth } from "../authentication.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext } from "../context.ts";
import { Disconnection, type HandlerResult, type Reply, sendable } from "../reply.ts";
import { authPacket, continueConnect } from "./connect.ts";

/**
 * AUTH (section 3.15): the next step of an enhanced authentication, or the start of a
 * re-authentication [MQTT-4.12.1-1].
 *
 * | state          | exchange | AUTH 0x18                 | AUTH 0x19               |
 * |----------------|----------|---------------------------|-------------------------|
 * | opening        | running  | next step, then CONNACK   | protocol error          |
 * | connected      | running  | next step, then AUTH 0x00 | protocol error          |
 * | connected      | none     | protocol error            | starts one              |
 * | without method | -        | protocol error            | protocol error          |
 */
export function handleAuth(
  context: BrokerContext,
  connection: Connection,
  packet: Auth,
): HandlerResult {
  const pending = connection.authentication;
  const { authenticationMethod, authenticationData } = packet.properties;
  if (pending === undefined) { // [MQTT-4.12.0-7]
    throw new PacketError(ReasonCode.ProtocolError, "AUTH without an authentication method");
  }
  if (authenticationMethod !== pending.method) { // [MQTT-4.12.0-5]
    throw new PacketError(ReasonCode.ProtocolError, "AUTH with another authentication method");
  }
  const starts = packet.reasonCode === ReasonCode.ReAuthenticate;
  const running = pending.exchange !== undefined;
  const mayStart = starts && !running && connection.state === "connected";
  const mayContinue = packet.reasonCode === ReasonCode.ContinueAuthentication && running;
  if (!mayStart && !mayContinue) {
    throw new PacketError(ReasonCode.ProtocolError, "AUTH that does not fit the exchange");
  }
  if (connection.state === "opening") {
    return continueConnect(context, connection, pending, authenticationData);
  }
  if (mayStart) {
    pending.exchange = context.authenticator.begin(pending.method, pending.request);
    if (pending.exchange === undefined) {
      return new Disconnection(ReasonCode.NotAuthorized, "method not supported any more");
    }
  }
  return reauthenticate(context, connection, pending, authenticationData);
}

async function reauthenticate(
  context: BrokerContext,
  connection: Connection,
  pending: PendingAuthentication,
  data: Uint8Array | undefined,
): Promise<Reply> {
  const outcome = await settleAuth(() => pending.exchange!.next(data));
  if (connection.state !== "connected") return undefined;
  const { clientId, remoteAddress } = pending.request;
  switch (outcome.kind) {
    case "continue":
      return answer(connection, ReasonCode.ContinueAuthentication, outcome.data);
    case "accepted":
      pending.exchange = undefined;
      connection.authenticated(outcome.identity);
      context.observer.authSucceeded?.(clientId, remoteAddress);
      return answer(connection, ReasonCode.Success, outcome.data);
    case "failed":
      context.log.error("authentication failed to run", { error: String(outcome.error) });
      return new Disconnection(ReasonCode.UnspecifiedError, "cannot authenticate now");
    case "refused": { // [MQTT-4.12.1-2]
      const { reasonCode, reasonString = "not authorized", userProperties } = outcome;
      context.statistics.authErrors++;
      context.observer.authFailed?.(clientId, remoteAddress, reasonString);
      return new Disconnection(disconnectReason(reasonCode), reasonString, userProperties);
    }
  }
}

function answer(
  connection: Connection,
  reasonCode: ReasonCode,
  data: Uint8Array | undefined,
): Reply {
  const packet = authPacket(reasonCode, connection.authentication!.method, data);
  return connection.output.hasRoomFor(packet)
    ? packet
    : new Disconnection(ReasonCode.ImplementationSpecificError, "no room for an AUTH");
}

/** The authenticator speaks in codes of CONNACK, of which DISCONNECT has only some. */
function disconnectReason(reasonCode: ReasonCode): ReasonCode {
  // Section 2.4 lists it for DISCONNECT, section 3.14.2.1 does not: clients may not know it there.
  if (reasonCode === ReasonCode.BadAuthenticationMethod) return ReasonCode.NotAuthorized;
  return sendable(PacketType.DISCONNECT, reasonCode, ReasonCode.NotAuthorized);
}
