import { type Delivery, NO_IDENTIFIERS } from "../mqtt/delivery.ts";
import { Message } from "../mqtt/message.ts";
import type { QoS } from "../mqtt/packet.ts";

/** Made-up deliveries for the tests of this folder and of the broker. */
export function testDelivery(
  payload = "",
  options: { qos?: QoS; topic?: string; expiresAt?: number } = {},
): Delivery {
  const { qos = 1, topic = "t", expiresAt } = options;
  const message = new Message({
    topic,
    payload: new TextEncoder().encode(payload),
    qos,
    retain: false,
    receivedAt: 0,
    expiresAt,
  });
  return { message, qos, retain: false, subscriptionIdentifiers: NO_IDENTIFIERS, share: undefined };
}
