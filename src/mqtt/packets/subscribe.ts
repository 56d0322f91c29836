import type { PacketType } from "../packet.ts";
import type { SubscribeProperties } from "../properties.ts";
import type { SubscriptionOptions } from "../subscription.ts";

export interface Subscribe {
  readonly type: typeof PacketType.SUBSCRIBE;
  readonly packetId: number;
  /** At least one. The filters are well-formed UTF-8 but not checked as topic filters. */
  readonly subscriptions: readonly SubscribeRequest[];
  readonly properties: Readonly<SubscribeProperties>;
}

export interface SubscribeRequest extends SubscriptionOptions {
  readonly topicFilter: string;
}
