import type { PacketType } from "../packet.ts";
import type { AckProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Unsuback {
  readonly type: typeof PacketType.UNSUBACK;
  readonly packetId: number;
  /** One for each topic filter of the request, in its order. */
  readonly reasonCodes: readonly ReasonCode[];
  readonly properties: Readonly<AckProperties>;
}
