import type { PacketType } from "../packet.ts";
import type { ConnackProperties } from "../properties.ts";
import type { ReasonCode } from "../reason_code.ts";

export interface Connack {
  readonly type: typeof PacketType.CONNACK;
  readonly sessionPresent: boolean;
  /** 3.x: encoded as the return code that comes closest. */
  readonly reasonCode: ReasonCode;
  readonly properties: Readonly<ConnackProperties>;
}
