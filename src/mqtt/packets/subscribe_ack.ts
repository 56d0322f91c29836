import { invariant } from "../../base/invariant.ts";
import { PacketType } from "../packet.ts";
import type { PacketReader } from "../packet_reader.ts";
import { protocolError, type ReasonCode } from "../reason_code.ts";
import { requireReasonCode, sendersOf } from "../reason_code_table.ts";

/** The payload that SUBACK and UNSUBACK of 5.0 share: reason codes up to the end of the packet. */
export function decodeReasonCodes(
  reader: PacketReader,
  type: typeof PacketType.SUBACK | typeof PacketType.UNSUBACK,
): ReasonCode[] {
  // Each answers a topic filter, and a request has at least one [MQTT-3.8.3-2] [MQTT-3.10.3-2].
  if (reader.remaining === 0) throw protocolError("an acknowledgement without reason codes");
  const reasonCodes: ReasonCode[] = [];
  while (reader.remaining > 0) {
    reasonCodes.push(requireReasonCode(type, reader.readByte(), reader.sender));
  }
  return reasonCodes;
}

export function requireReasonCodes(
  type: typeof PacketType.SUBACK | typeof PacketType.UNSUBACK,
  reasonCodes: readonly ReasonCode[],
): void {
  invariant(reasonCodes.length > 0, "an acknowledgement has at least one reason code");
  for (const reasonCode of reasonCodes) {
    invariant(sendersOf(type, reasonCode) !== 0, "the packet cannot carry this reason code");
  }
}
