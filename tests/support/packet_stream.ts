import mqttPacket from "mqtt-packet";
import type { Packet } from "mqtt-packet";
import { Buffer } from "node:buffer";

/** A packet as it came in: as `mqtt-packet` reads it, and byte by byte. */
export interface ReceivedPacket {
  readonly packet: Packet;
  readonly bytes: Uint8Array;
}

/** Cuts a stream of bytes into packets by their Remaining Length, and has each read. */
export class PacketStream {
  /** What is not a whole packet yet, in front of room for more. */
  #buffer = new Uint8Array(1024);
  #length = 0;

  /** Packets that are complete with `chunk`. Throws when `mqtt-packet` refuses one. */
  push(chunk: Uint8Array, protocolVersion: number): ReceivedPacket[] {
    this.#append(chunk);
    const bytes = this.#buffer.subarray(0, this.#length);
    const received: ReceivedPacket[] = [];
    let start = 0;
    for (;;) {
      const size = packetSize(bytes, start);
      if (size === undefined || start + size > bytes.length) break;
      const packetBytes = bytes.slice(start, start + size);
      received.push({ packet: readPacket(packetBytes, protocolVersion), bytes: packetBytes });
      start += size;
    }
    if (start > 0) this.#buffer.copyWithin(0, start, this.#length);
    this.#length -= start;
    return received;
  }

  #append(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#buffer.length) {
      const grown = new Uint8Array((this.#length + chunk.length) * 2);
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
  }
}

/** One whole packet as `mqtt-packet` reads it. Throws when it does not take it for one. */
export function readPacket(bytes: Uint8Array, protocolVersion: number): Packet {
  const parser = mqttPacket.parser({ protocolVersion });
  let packet: Packet | undefined;
  let failure: unknown;
  parser.on("packet", (parsed) => packet = parsed);
  parser.on("error", (error) => failure = error);
  parser.parse(Buffer.from(bytes));
  if (failure !== undefined) throw failure;
  if (packet === undefined) throw new Error("mqtt-packet takes these bytes for half a packet");
  return packet;
}

/** Bytes of the packet at `start`, header included; undefined while its length is not there yet. */
function packetSize(bytes: Uint8Array, start: number): number | undefined {
  let remainingLength = 0;
  for (let index = 1; index <= 4; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    remainingLength += (byte & 0x7f) * 128 ** (index - 1);
    if (byte < 0x80) return 1 + index + remainingLength;
  }
  throw new Error("the Remaining Length has more than four bytes");
}
