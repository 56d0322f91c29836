import type { PacketType } from "../packet.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Pubrel {
  readonly type: typeof PacketType.PUBREL;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}
