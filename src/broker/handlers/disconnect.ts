import type { Disconnect } from "../../mqtt/packets/disconnect.ts";
import { PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import type { HandlerResult } from "../reply.ts";

/** DISCONNECT (section 3.14): with 0x00 the will is discarded [MQTT-3.14.4-3], with any other kept. */
export function handleDisconnect(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packet: Disconnect,
): HandlerResult {
  const { sessionExpiryInterval, reasonString } = packet.properties;
  if (sessionExpiryInterval !== undefined) {
    // Measured by what the client asked for: under a cap of 0 it has done nothing wrong.
    const asked = connection.connect!.properties.sessionExpiryInterval ?? 0;
    if (asked === 0 && sessionExpiryInterval !== 0) {
      throw new PacketError( // section 3.14.2.2.2
        ReasonCode.ProtocolError,
        "a session expiry interval in DISCONNECT after one of 0 in CONNECT",
      );
    }
    session.expiryInterval = Math.min(sessionExpiryInterval, context.limits.expirySecondsMax);
  }
  connection.peerDisconnected(
    packet.reasonCode,
    reasonString ?? "disconnected by the client",
    packet.reasonCode === ReasonCode.Success,
  );
  return undefined;
}
