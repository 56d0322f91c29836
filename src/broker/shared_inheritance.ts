/**
 * When a member of shared groups ends: its shared deliveries that it had not started, and its
 * unacknowledged QoS 1 ones, go to another member of the same group (MQTT 5.0 section 4.8.2). QoS 2
 * deliveries that were started never do [MQTT-4.8.2-5]: they could arrive twice. All else that the
 * session held is discarded with it, counted.
 */
import type { Delivery } from "../mqtt/delivery.ts";
import { RESIDENT_WINDOW } from "../session/queue.ts";
import type { Recipient } from "../router/router.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { DeliveryStep } from "./delivery.ts";
import { effectiveQoS, pickMember } from "./publisher.ts";

/** Settles everything that `session` (already out of the router) still holds, in the books and to heirs. */
export async function redistributeShared(
  context: BrokerContext,
  session: ClientSession,
): Promise<void> {
  const held = session.outbound.size + session.queue.size;
  if (held === 0) return;
  const inheritable = session.mayHoldShared ? await inheritableDeliveries(context, session) : [];
  let inherited = 0;
  let step: DeliveryStep | undefined;
  for (const delivery of inheritable) {
    const heir = findHeir(context, delivery);
    if (heir === undefined) continue;
    inherited++;
    // It stays the one entry that it was in the books; `offer` enters it once more.
    context.accounting.matched--;
    step = context.deliveries.offer(
      heir.subscriber,
      {
        message: delivery.message,
        qos: effectiveQoS(delivery.message, heir),
        retain: delivery.message.retain && heir.retainAsPublished,
        subscriptionIdentifiers: heir.subscriptionIdentifiers,
        share: delivery.share,
        origin: "matched",
      },
      step,
      undefined,
    );
  }
  context.accounting.discarded += held - inherited;
  if (step !== undefined) context.deliveries.background(step.commit());
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
  let after = 0;
  for (const { seq, delivery } of session.queue.resident()) {
    take(delivery);
    after = seq;
  }
  if (!session.durable) return deliveries;
  // Behind the resident window the queue is only in the store, until the session is deleted there.
  for (;;) {
    const page = await context.store.queue.page(
      session.clientId,
      Math.max(after, session.queue.pageAfter),
      RESIDENT_WINDOW,
    );
    for (const { delivery } of page) take(delivery);
    if (page.length < RESIDENT_WINDOW) return deliveries;
    after = page[page.length - 1]!.seq;
  }
}

function findHeir(
  context: BrokerContext,
  delivery: Delivery,
): Recipient<ClientSession> | undefined {
  const { groups } = context.router.match(delivery.message.topic);
  const group = groups.find((each) => each.topicFilter === delivery.share);
  return group === undefined ? undefined : pickMember(group, delivery.qos);
}
