import { PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import type { HandlerResult } from "../reply.ts";
import { settle } from "./settle.ts";

/** PUBCOMP (section 3.7): a QoS 2 delivery is complete, whatever the reason code says. */
export function handlePubcomp(
  context: BrokerContext,
  session: ClientSession,
  packetId: number,
): HandlerResult {
  const outcome = session.outbound.pubcomp(packetId);
  if (outcome.kind === "violation") throw new PacketError(ReasonCode.ProtocolError, outcome.text);
  if (outcome.kind !== "unknown") settle(context, session, outcome);
  return undefined;
}
