import type { PacketType } from "../packet.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Pubcomp {
  readonly type: typeof PacketType.PUBCOMP;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}
