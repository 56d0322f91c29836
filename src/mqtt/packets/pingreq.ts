import type { PacketType } from "../packet.ts";

export interface Pingreq {
  readonly type: typeof PacketType.PINGREQ;
}
