import type { Pubrel } from "../../mqtt/packets/pubrel.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DurableReply, type HandlerResult, pubcomp } from "../reply.ts";

/** PUBREL (section 3.6): the client has let go of a QoS 2 message; the packet id is free again. */
export function handlePubrel(
  context: BrokerContext,
  session: ClientSession,
  packet: Pubrel,
): HandlerResult {
  const { packetId } = packet;
  const known = session.inbound.release(packetId);
  const answer = pubcomp( // [MQTT-4.3.3-11]
    packetId,
    known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound,
  );
  if (!known || !session.durable) return answer;
  // If the id came back after a crash, the client's next message under it would be taken for this one.
  const batch = context.store.batch();
  batch.deleteReceived(session.clientId, packetId);
  const durable = batch.commit();
  if (durable === undefined) return answer;
  return new DurableReply(durable, answer, () => {
    session.inbound.takeBackRelease(packetId);
    return undefined;
  });
}
