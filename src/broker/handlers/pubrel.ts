import { PacketType } from "../../mqtt/packet.ts";
import { ReasonCode } from "../../mqtt/reason_code.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DurableReply, type HandlerResult, pubcomp } from "../reply.ts";

/** PUBREL (section 3.6): the client has let go of a QoS 2 message; the packet id is free again. */
export function handlePubrel(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packetId: number,
): HandlerResult {
  const known = session.inbound.release(packetId);
  if (!known || !session.durable) {
    const reasonCode = known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
    connection.acknowledge(PacketType.PUBCOMP, packetId, reasonCode); // [MQTT-4.3.3-11]
    return undefined;
  }
  const answer = pubcomp(packetId, ReasonCode.Success); // [MQTT-4.3.3-11]
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
