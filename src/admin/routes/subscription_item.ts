/** A subscription as the API shows it. */
import * as z from "zod";
import type { SubscriptionView } from "../../broker/inspector/subscription_list.ts";

export const subscription = z.strictObject({
  client_id: z.string(),
  topic_filter: z.string().meta({ description: "As the client wrote it, `$share/…` included." }),
  group: z.string().nullable().meta({ description: "The share name; `null`: not shared." }),
  qos: z.int().meta({ description: "As granted." }),
  no_local: z.boolean(),
  retain_as_published: z.boolean(),
  retain_handling: z.int(),
  subscription_identifier: z.int().nullable(),
  connected: z.boolean().meta({ description: "Whether its client is connected." }),
}).meta({ id: "Subscription" });

export function subscriptionItem(view: SubscriptionView): z.input<typeof subscription> {
  return {
    client_id: view.clientId,
    topic_filter: view.topicFilter,
    group: view.shareName ?? null,
    qos: view.qos,
    no_local: view.noLocal,
    retain_as_published: view.retainAsPublished,
    retain_handling: view.retainHandling,
    subscription_identifier: view.subscriptionIdentifier ?? null,
    connected: view.connected,
  };
}
