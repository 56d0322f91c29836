import assert from "#assert";
import type { Packet, ProtocolVersion } from "./packet.ts";
import { PacketDecoder } from "./packet_decoder.ts";
import { packetSize, toBytes } from "./packet_encoder.ts";
import { PacketError, type ReasonCode } from "./reason_code.ts";

/**
 * Tests of one packet as a table: bytes on the wire beside what they mean. Every accepted row is
 * decoded and encoded, whole and byte by byte, for each of its versions.
 */

interface Row {
  /** What is shown, in plain words, after the ids of the statements that it shows. */
  readonly shows: string;
  readonly versions: readonly ProtocolVersion[];
  /** Who reads the bytes; a server unless it says otherwise. */
  readonly role?: "server" | "client";
  /** In the notation of {@linkcode wire}. */
  readonly bytes: string;
}

export interface Accepted extends Row {
  readonly packet: Packet;
  /** What the packet is encoded as when that is not `bytes`. */
  readonly encodedAs?: string;
}

export interface Refused extends Row {
  readonly reasonCode: ReasonCode;
}

/** As they stand at the end of test names. */
export const VERSION_NAMES: Readonly<Record<ProtocolVersion, string>> = {
  3: "3.1",
  4: "3.1.1",
  5: "5.0",
};
export const EVERY_VERSION: readonly ProtocolVersion[] = [3, 4, 5];
export const VERSIONS_3: readonly ProtocolVersion[] = [3, 4];

/** Registers the tests of a table. `symbol` is what is tested, such as `decodePublish`. */
export function testAccepted(symbol: string, rows: readonly Accepted[]): void {
  for (const row of rows) {
    for (const version of row.versions) {
      Deno.test(testName(symbol, row.shows, version), () => {
        const bytes = wire(row.bytes);
        assert.deepEqual(decodeWhole(bytes, row, version), [row.packet]);
        assert.deepEqual(decodeByteByByte(bytes, row, version), [row.packet]);
        const encoded = row.encodedAs === undefined ? bytes : wire(row.encodedAs);
        assert.deepEqual(toBytes(row.packet, version), encoded);
        assert.equal(packetSize(row.packet, version), encoded.length);
      });
    }
  }
}

export function testRefused(symbol: string, rows: readonly Refused[]): void {
  for (const row of rows) {
    for (const version of row.versions) {
      Deno.test(testName(symbol, row.shows, version), () => {
        const bytes = wire(row.bytes);
        const expected = { name: PacketError.name, reasonCode: row.reasonCode };
        assert.throws(() => decodeWhole(bytes, row, version), expected);
        assert.throws(() => decodeByteByByte(bytes, row, version), expected);
      });
    }
  }
}

/** Ids stay in front, as the list of shown statements is made from them. */
function testName(symbol: string, shows: string, version: ProtocolVersion): string {
  const [, ids, text] = /^((?:\[[^\]]+\] )*)(.*)$/.exec(shows)!;
  return `${ids}${symbol}: ${text} (${VERSION_NAMES[version]})`;
}

/** A CONNECT says its version itself, so a server that reads one starts without. */
export function newDecoder(
  bytes: Uint8Array,
  role: "server" | "client" = "server",
  version: ProtocolVersion = 5,
  maximumPacketSize = 1 << 20,
): PacketDecoder {
  const options = { role, maximumPacketSize };
  const isConnect = role === "server" && bytes[0]! >> 4 === 1;
  return new PacketDecoder(isConnect ? options : { ...options, version });
}

/** Every packet in `bytes`, pushed at once. */
function decodeWhole(bytes: Uint8Array, row: Row, version: ProtocolVersion): Packet[] {
  const decoder = newDecoder(bytes, row.role, version);
  decoder.push(bytes);
  return drain(decoder);
}

/** The same from chunks of one byte, each overwritten once it was taken over. */
function decodeByteByByte(bytes: Uint8Array, row: Row, version: ProtocolVersion): Packet[] {
  const decoder = newDecoder(bytes, row.role, version);
  const packets: Packet[] = [];
  const chunk = new Uint8Array(1);
  for (const byte of bytes) {
    chunk[0] = byte;
    decoder.push(chunk);
    packets.push(...drain(decoder));
    chunk[0] = 0xff;
  }
  return packets;
}

export function drain(decoder: PacketDecoder): Packet[] {
  const packets: Packet[] = [];
  for (let packet = decoder.next(); packet !== undefined; packet = decoder.next()) {
    packets.push(packet);
  }
  return packets;
}

/**
 * Bytes written down readably:
 *
 * - `0a ff` bytes in hexadecimal, any number of digit pairs without a space
 * - `'abc'` the UTF-8 bytes of a text
 * - `"abc"` a UTF-8 Encoded String: the same with its two-byte length in front
 * - `( … )` what is in it, with its length as a Variable Byte Integer in front: properties, or all
 *   that follows the first byte
 */
export function wire(notation: string): Uint8Array {
  const tokens = notation.match(/'[^']*'|"[^"]*"|[()]|(?:[0-9a-f]{2})+|\S/g) ?? [];
  const open: number[][] = [[]];
  for (const token of tokens) {
    if (token === "(") open.push([]);
    else if (token === ")") {
      const content = open.pop()!;
      open.at(-1)!.push(...variableByteInteger(content.length), ...content);
    } else open.at(-1)!.push(...tokenBytes(token));
  }
  assert.equal(open.length, 1, `unbalanced parentheses in ${notation}`);
  return new Uint8Array(open[0]!);
}

function tokenBytes(token: string): number[] {
  if (token.startsWith("'")) return utf8(token.slice(1, -1));
  if (token.startsWith('"')) {
    const text = utf8(token.slice(1, -1));
    return [text.length >> 8, text.length & 0xff, ...text];
  }
  assert.match(token, /^([0-9a-f]{2})+$/, "neither bytes nor text");
  return token.match(/../g)!.map((digits) => parseInt(digits, 16));
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function variableByteInteger(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push(value % 128 + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}
