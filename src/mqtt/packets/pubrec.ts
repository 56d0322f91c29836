import type { PacketType } from "../packet.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Pubrec {
  readonly type: typeof PacketType.PUBREC;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}
