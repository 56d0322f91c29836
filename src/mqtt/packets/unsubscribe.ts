import type { PacketType } from "../packet.ts";
import type { UnsubscribeProperties } from "../properties.ts";

export interface Unsubscribe {
  readonly type: typeof PacketType.UNSUBSCRIBE;
  readonly packetId: number;
  /** At least one; well-formed UTF-8 but not checked as topic filters. */
  readonly topicFilters: readonly string[];
  readonly properties: Readonly<UnsubscribeProperties>;
}
