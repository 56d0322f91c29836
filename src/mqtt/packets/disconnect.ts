import type { PacketType } from "../packet.ts";
import type { DisconnectProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Disconnect {
  readonly type: typeof PacketType.DISCONNECT;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<DisconnectProperties>;
}
