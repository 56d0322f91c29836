import type { PacketType } from "../packet.ts";

export interface Pingresp {
  readonly type: typeof PacketType.PINGRESP;
}
