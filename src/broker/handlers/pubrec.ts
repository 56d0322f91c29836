import { PacketType } from "../../mqtt/packet.ts";
import { isError, PacketError, ReasonCode } from "../../mqtt/reason_code.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { DurableReply, type HandlerResult, pubrel } from "../reply.ts";
import { settle } from "./settle.ts";

/** PUBREC (section 3.5): the client has, or refuses, a QoS 2 message. */
export function handlePubrec(
  context: BrokerContext,
  connection: Connection,
  session: ClientSession,
  packetId: number,
  reasonCode: ReasonCode,
): HandlerResult {
  const outcome = session.outbound.pubrec(packetId, isError(reasonCode));
  switch (outcome.kind) {
    case "violation":
      throw new PacketError(ReasonCode.ProtocolError, outcome.text);
    case "unknown":
      // A refusal needs no PUBREL; a success does, so that the client can let its state go.
      if (!isError(reasonCode)) {
        const notFound = ReasonCode.PacketIdentifierNotFound;
        connection.acknowledge(PacketType.PUBREL, packetId, notFound);
      }
      return undefined;
    case "refused":
    case "completed":
      settle(context, session, outcome);
      return undefined;
    case "released": {
      const { record, delivery } = outcome;
      context.deliveries.letGo(session, delivery);
      record.sentAt = connection.now;
      if (!session.durable) {
        connection.acknowledge(PacketType.PUBREL, packetId, ReasonCode.Success); // [MQTT-4.3.3-4]
        return undefined;
      }
      const answer = pubrel(packetId, ReasonCode.Success); // [MQTT-4.3.3-4]
      // Before PUBREL leaves, it must be certain that PUBLISH never does again [MQTT-4.3.3-6].
      const batch = context.store.batch();
      batch.releaseInflight(session.clientId, packetId);
      const durable = batch.commit();
      if (durable === undefined) return answer;
      return new DurableReply(durable, answer, () => {
        if (delivery !== undefined) session.outbound.takeBackRelease(record, delivery);
        return undefined;
      });
    }
  }
}
