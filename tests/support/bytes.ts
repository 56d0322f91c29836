/** Bytes, or the field whose bytes they are: text and lists come as they are said here. */
export type Bytes = Uint8Array | readonly number[];

/** A whole packet, right or wrong: the first byte, the Remaining Length, the parts. */
export function packetBytes(firstByte: number, ...parts: Bytes[]): Uint8Array {
  const body = joined(parts);
  return joined([[firstByte], variableByteInteger(body.length), body]);
}

/** A string, or bytes that are none, with their length in front (sections 1.5.4 and 1.5.6). */
export function lengthPrefixed(value: string | Bytes): Uint8Array {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return joined([[bytes.length >> 8, bytes.length & 0xff], bytes]);
}

/** Properties with their length in front (section 2.2.2). */
export function propertyBytes(...parts: Bytes[]): Uint8Array {
  const body = joined(parts);
  return joined([variableByteInteger(body.length), body]);
}

/** In as few bytes as possible, up to 2^28 - 1 (section 1.5.5). */
export function variableByteInteger(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; bytes.length === 0 || left > 0; left >>= 7) {
    bytes.push(left > 0x7f ? left & 0x7f | 0x80 : left);
  }
  return bytes;
}

function joined(parts: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
