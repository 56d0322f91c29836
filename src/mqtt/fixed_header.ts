import { PacketType, type ProtocolVersion } from "./packet.ts";
import { checkPublishFlags } from "./packets/publish.ts";
import { malformed, protocolError } from "./reason_code.ts";
import { EITHER_SENDER, Sender, type Senders } from "./sender.ts";

/** The first byte of every packet (section 2.1): its type, who sends it, its flags. */

/** The most bytes that the Remaining Length can take (section 2.1.4). */
export const REMAINING_LENGTH_MAX_BYTES = 4;

/** Table 2-1, by packet type; 0 for the type that is reserved. */
const SENDERS: readonly Senders[] = [
  0,
  Sender.CLIENT, // CONNECT
  Sender.SERVER, // CONNACK
  EITHER_SENDER, // PUBLISH
  EITHER_SENDER, // PUBACK
  EITHER_SENDER, // PUBREC
  EITHER_SENDER, // PUBREL
  EITHER_SENDER, // PUBCOMP
  Sender.CLIENT, // SUBSCRIBE
  Sender.SERVER, // SUBACK
  Sender.CLIENT, // UNSUBSCRIBE
  Sender.SERVER, // UNSUBACK
  Sender.CLIENT, // PINGREQ
  Sender.SERVER, // PINGRESP
  EITHER_SENDER, // DISCONNECT
  EITHER_SENDER, // AUTH
];

const DUP_OF_3_1 = 0x08;

/** The flags that a packet other than PUBLISH must have (table 2-2). */
export function reservedFlags(type: PacketType): number {
  const two = type === PacketType.PUBREL || type === PacketType.SUBSCRIBE ||
    type === PacketType.UNSUBSCRIBE;
  return two ? 0x02 : 0x00;
}

/**
 * Checks everything that the first byte alone can tell.
 *
 * @throws PacketError 0x81 for a type or flags that do not exist, 0x82 for a packet that `sender`
 * does not send, or not before `version` is known.
 */
export function checkFirstByte(
  firstByte: number,
  sender: Sender,
  version: ProtocolVersion | undefined,
): void {
  const type = firstByte >> 4;
  const flags = firstByte & 0x0f;
  if (type === PacketType.PUBLISH) checkPublishFlags(flags);
  else checkReservedFlags(type, flags, version);
  if ((SENDERS[type]! & sender) === 0) {
    throw protocolError(`a packet of type ${type} from the wrong side`);
  }
  if (version === undefined && type !== PacketType.CONNECT) {
    throw protocolError("[MQTT-3.1.0-1] a packet before CONNECT");
  }
  if (type === PacketType.DISCONNECT && sender === Sender.SERVER && version !== 5) {
    throw protocolError("DISCONNECT from a server of 3.x");
  }
}

function checkReservedFlags(
  type: number,
  flags: number,
  version: ProtocolVersion | undefined,
): void {
  if (type === 0) throw malformed("packet type 0 is reserved");
  if (type === PacketType.AUTH && version !== undefined && version !== 5) {
    throw malformed("packet type 15 is reserved in 3.x");
  }
  const expected = reservedFlags(type as PacketType);
  if (flags === expected) return;
  // In 3.1 these three are QoS 1 packets, and a repeated one says so with its DUP flag.
  if (version === 3 && expected === 0x02 && flags === (expected | DUP_OF_3_1)) return;
  throw malformed(`[MQTT-2.1.3-1] flags ${flags} on a packet of type ${type}`);
}
