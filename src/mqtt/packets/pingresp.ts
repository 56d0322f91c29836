import { PacketType } from "../packet.ts";

export interface Pingresp {
  readonly type: typeof PacketType.PINGRESP;
}

const PINGRESP: Pingresp = Object.freeze({ type: PacketType.PINGRESP });

/** It has neither variable header nor payload (section 3.13). */
export function decodePingresp(): Pingresp {
  return PINGRESP;
}
