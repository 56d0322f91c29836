import { PacketType } from "../packet.ts";

export interface Pingreq {
  readonly type: typeof PacketType.PINGREQ;
}

const PINGREQ: Pingreq = Object.freeze({ type: PacketType.PINGREQ });

/** It has neither variable header nor payload (section 3.12). */
export function decodePingreq(): Pingreq {
  return PINGREQ;
}
