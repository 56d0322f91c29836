import { invariant } from "../../base/invariant.ts";
import { Message } from "../../mqtt/message.ts";
import type { AckOutcome } from "../../session/outbound.ts";
import type { BrokerContext, ClientSession } from "../context.ts";

const NO_PAYLOAD = new Uint8Array(0);

/**
 * A delivery has ended with an acknowledgement: it is entered in the books, and the packet id and
 * the place in the window are free for the next one. One that the client refused is not tried again,
 * here or elsewhere [MQTT-4.4.0-2] [MQTT-4.8.2-6].
 */
export function settle(context: BrokerContext, session: ClientSession, outcome: AckOutcome): void {
  invariant(
    outcome.kind === "completed" || outcome.kind === "refused",
    "only a finished delivery is settled",
  );
  if (outcome.kind === "completed") {
    context.accounting.delivered++;
  } else if (outcome.delivery !== undefined) {
    context.deliveries.drop(session, outcome.delivery.message, "refused_by_receiver");
  } else if (outcome.record.topic !== undefined) {
    // It was passed on, and nothing else of it is known any more.
    const { topic, qos } = outcome.record;
    const receivedAt = context.clock.now();
    const message = new Message({ topic, payload: NO_PAYLOAD, qos, retain: false, receivedAt });
    context.deliveries.drop(session, message, "refused_by_receiver");
  } else {
    // Refused after it was released: the message itself is long gone.
    context.accounting.dropped.refused_by_receiver++;
    session.dropped++;
  }
  context.deliveries.letGo(session, outcome.delivery);
  context.deliveries.finish(session, outcome.record);
}
