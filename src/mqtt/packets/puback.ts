import type { PacketType } from "../packet.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Puback {
  readonly type: typeof PacketType.PUBACK;
  readonly packetId: number;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AckProperties>;
}
