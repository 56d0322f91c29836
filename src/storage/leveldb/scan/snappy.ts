import { ByteReader, FormatError } from "./bytes.ts";

/**
 * Undoes Snappy compression (raw format), which LevelDB gives its blocks. The result has at most
 * `sizeMax` bytes; throws {@linkcode FormatError} for anything that is not what Snappy writes.
 */
export function uncompress(bytes: Uint8Array, sizeMax: number): Uint8Array {
  const reader = new ByteReader(bytes);
  const size = reader.varint();
  if (size > sizeMax) throw new FormatError("a compressed block that is too large");
  const output = new Uint8Array(size);
  let length = 0;
  while (!reader.atEnd) {
    const tag = reader.take(1)[0]!;
    if ((tag & 3) === 0) {
      const literal = reader.take(literalLength(tag, reader));
      if (length + literal.length > size) throw new FormatError("more data than was announced");
      output.set(literal, length);
      length += literal.length;
    } else {
      length = copyBack(output, length, tag, reader);
    }
  }
  if (length !== size) throw new FormatError("less data than was announced");
  return output;
}

/** The six upper bits and one; from 60 on they say how many bytes the length has. */
function literalLength(tag: number, reader: ByteReader): number {
  const short = tag >>> 2;
  return (short < 60 ? short : littleEndian(reader.take(short - 59))) + 1;
}

/** Repeats what was written before; it may overlap what it writes. */
function copyBack(output: Uint8Array, at: number, tag: number, reader: ByteReader): number {
  let length = (tag >>> 2) + 1;
  let distance: number;
  if ((tag & 3) === 1) {
    length = (tag >>> 2 & 7) + 4;
    distance = (tag >>> 5) * 256 + reader.take(1)[0]!;
  } else {
    distance = littleEndian(reader.take((tag & 3) === 2 ? 2 : 4));
  }
  if (distance === 0 || distance > at) throw new FormatError("a copy from in front of the data");
  if (at + length > output.length) throw new FormatError("more data than was announced");
  for (const end = at + length; at < end; at++) output[at] = output[at - distance]!;
  return at;
}

function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
