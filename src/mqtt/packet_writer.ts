import { invariant } from "../base/invariant.ts";
import type { ByteSink } from "./byte_sink.ts";
import { utf8Length, writeUtf8 } from "./utf8.ts";

/**
 * How the data types of section 1.5 are written, and how many bytes they take. The writers need
 * that many bytes reserved; the size functions are where an unencodable value is found out.
 */

/** The largest Variable Byte Integer, and so the largest Remaining Length (section 1.5.5). */
export const VARIABLE_BYTE_INTEGER_MAX = 268_435_455;

/** The most bytes that a string or Binary Data can have (sections 1.5.4 and 1.5.6). */
const LENGTH_PREFIX_MAX = 65_535;

export function variableByteIntegerSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  invariant(value <= VARIABLE_BYTE_INTEGER_MAX, "a Variable Byte Integer is too large");
  return 4;
}

/** Bytes of a UTF-8 Encoded String with its length prefix. */
export function stringSize(text: string): number {
  const length = utf8Length(text);
  invariant(length >= 0, "a string with U+0000 or half a surrogate pair cannot be encoded");
  invariant(length <= LENGTH_PREFIX_MAX, "a string is longer than 65,535 bytes");
  return 2 + length;
}

/** Bytes of Binary Data with its length prefix. */
export function binarySize(data: Uint8Array): number {
  invariant(data.length <= LENGTH_PREFIX_MAX, "Binary Data is longer than 65,535 bytes");
  return 2 + data.length;
}

export function writeByte(sink: ByteSink, value: number): void {
  sink.bytes[sink.position++] = value;
}

export function writeUint16(sink: ByteSink, value: number): void {
  const bytes = sink.bytes;
  const position = sink.position;
  bytes[position] = value >>> 8;
  bytes[position + 1] = value;
  sink.position = position + 2;
}

export function writeUint32(sink: ByteSink, value: number): void {
  writeUint16(sink, value >>> 16);
  writeUint16(sink, value & 0xffff);
}

export function writeVariableByteInteger(sink: ByteSink, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    writeByte(sink, (rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  writeByte(sink, rest);
}

export function writeString(sink: ByteSink, text: string): void {
  const start = sink.position + 2;
  const end = writeUtf8(sink.bytes, start, text);
  writeUint16(sink, end - start);
  sink.position = end;
}

export function writeBinary(sink: ByteSink, data: Uint8Array): void {
  writeUint16(sink, data.length);
  writeBytes(sink, data);
}

export function writeBytes(sink: ByteSink, data: Uint8Array): void {
  copyBytes(sink, data, 0, data.length);
}

/**
 * Up to this many bytes a loop is faster than `set`, which wants a view of them and looks at the
 * buffer behind it: one more object to be fetched from memory.
 */
const LOOP_BYTES_MAX = 96;

/** Writes the bytes from `start` to `end` of `source`. */
export function copyBytes(sink: ByteSink, source: Uint8Array, start: number, end: number): void {
  const { bytes, position } = sink;
  const length = end - start;
  if (length > LOOP_BYTES_MAX) {
    const isWhole = length === source.length;
    bytes.set(isWhole ? source : source.subarray(start, end), position);
  } else for (let i = 0; i < length; i++) bytes[position + i] = source[start + i]!;
  sink.position = position + length;
}

/** A Packet Identifier, which is never 0 [MQTT-2.2.1-3] [MQTT-2.2.1-4]. */
export function writePacketId(sink: ByteSink, packetId: number): void {
  invariant(packetId > 0 && packetId <= 0xffff, "a Packet Identifier is out of range");
  writeUint16(sink, packetId);
}
