import { isError, PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import type { HandlerResult } from "../reply.ts";
import { settle } from "./settle.ts";

/** PUBACK (section 3.4): the client has, or refuses, a QoS 1 message. */
export function handlePuback(
  context: BrokerContext,
  session: ClientSession,
  packetId: number,
  reasonCode: ReasonCode,
): HandlerResult {
  const outcome = session.outbound.puback(packetId, isError(reasonCode));
  if (outcome.kind === "violation") throw new PacketError(ReasonCode.ProtocolError, outcome.text);
  if (outcome.kind !== "unknown") settle(context, session, outcome);
  return undefined;
}
