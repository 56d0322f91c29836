import type { PacketType } from "../packet.ts";
import type { AuthProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Auth {
  readonly type: typeof PacketType.AUTH;
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<AuthProperties>;
}
