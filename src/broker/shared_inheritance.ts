/**
 * When a member of shared groups ends: its shared deliveries that it had not started, and its
 * unacknowledged QoS 1 ones, go to another member of the same group (MQTT 5.0 section 4.8.2). QoS 2
 * deliveries that were started never do [MQTT-4.8.2-5]: they could arrive twice. All else that the
 * session held is discarded with it, counted.
 */
import type { Durable } from "../base/durable.ts";
import type { Delivery } from "../mqtt/delivery.ts";
import type { Recipient } from "../router/router.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import type { DeliveryStep } from "./delivery.ts";
import { storedQueue } from "./handover.ts";
import { deliveryFor, pickMember } from "./publisher.ts";

/** Settles everything that `session` (already out of the router) still holds, in the books and to heirs. */
export async function redistributeShared(
  context: BrokerContext,
  session: ClientSession,
): Promise<void> {
  const held = session.outbound.size + session.queue.size;
  if (held === 0) return;
  const inheritable = session.mayHoldShared ? await inheritableDeliveries(context, session) : [];
  const inherited = redeliver(context, inheritable);
  // What moved stays the one entry that it was in the books; `offer` entered it once more.
  context.accounting.matched -= inherited.count;
  context.accounting.discarded += held - inherited.count;
  context.deliveries.background(inherited.durable);
}

/** Gives shared deliveries to members of their groups on this node; those without one are left out. */
export function redeliver(
  context: BrokerContext,
  deliveries: readonly Delivery[],
): { readonly count: number; readonly durable: Durable } {
  let count = 0;
  let step: DeliveryStep | undefined;
  for (const delivery of deliveries) {
    const heir = findHeir(context, delivery);
    if (heir === undefined) continue;
    count++;
    const inherited = deliveryFor(delivery.message, heir, delivery.share, undefined);
    step = context.deliveries.offer(heir.subscriber, inherited, "matched", step);
  }
  return { count, durable: step?.commit() };
}

/** In the order in which they were matched. */
async function inheritableDeliveries(
  context: BrokerContext,
  session: ClientSession,
): Promise<Delivery[]> {
  const deliveries: Delivery[] = [];
  const take = (delivery: Delivery | undefined) => {
    if (delivery?.share !== undefined) deliveries.push(delivery);
  };
  for (const record of session.outbound.records()) {
    if (record.qos === 1 || !record.everSent) take(record.delivery);
  }
  for (const { delivery } of session.queue.resident()) take(delivery);
  try {
    // The rest is only in the store, until the session is deleted there.
    for await (const { delivery } of storedQueue(context, session)) take(delivery);
  } catch (error) {
    // The session has to end all the same: a queue that cannot be read would keep its client out.
    const { clientId } = session;
    context.log.error("a stored queue that cannot be read is lost with its session", {
      clientId,
      error: String(error),
    });
  }
  return deliveries;
}

function findHeir(
  context: BrokerContext,
  delivery: Delivery,
): Recipient<ClientSession> | undefined {
  const { groups } = context.router.match(delivery.message.topic);
  const group = groups.find((each) => each.topicFilter === delivery.share);
  return group === undefined ? undefined : pickMember(group, delivery.qos);
}
