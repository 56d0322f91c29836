import { PacketType } from "../../mqtt/packet.ts";
import type { Pingresp } from "../../mqtt/packets/pingresp.ts";
import type { HandlerResult } from "../reply.ts";

const PINGRESP: Pingresp = { type: PacketType.PINGRESP };

/** PINGREQ (section 3.12) [MQTT-3.12.4-1]. */
export function handlePingreq(): HandlerResult {
  return PINGRESP;
}
