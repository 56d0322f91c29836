import type { Puback } from "../../mqtt/packets/puback.ts";
import { isError, PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import type { HandlerResult } from "../reply.ts";
import { settle } from "./settle.ts";

/** PUBACK (section 3.4): the client has, or refuses, a QoS 1 message. */
export function handlePuback(
  context: BrokerContext,
  session: ClientSession,
  packet: Puback,
): HandlerResult {
  const outcome = session.outbound.puback(packet.packetId, isError(packet.reasonCode));
  if (outcome.kind === "violation") throw new PacketError(ReasonCode.ProtocolError, outcome.text);
  if (outcome.kind !== "unknown") settle(context, session, outcome);
  return undefined;
}
