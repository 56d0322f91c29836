/**
 * Checksums of stored values. LevelDB has one for each block of a table, but compares it only when
 * it is told to, and through `classic-level` it cannot be: a bit that flipped on the disk would come
 * back as part of a message, and a merge of tables would give it a new checksum. So each value has
 * its own behind it, of the key and the value: what is read is what was written, under this key.
 */
import { crc32c, maskedCrc32c } from "./crc32c.ts";

const SEAL_SIZE = 4;

/** Room for values that are being sealed; larger ones get room of their own. */
const SCRATCH_SIZE = 64 * 1024;

const scratch = new Uint8Array(SCRATCH_SIZE);

/** The bytes to store, valid until the next call. */
export function sealed(key: Uint8Array, value: Uint8Array): Uint8Array {
  const length = value.length + SEAL_SIZE;
  const bytes = length <= SCRATCH_SIZE ? scratch.subarray(0, length) : new Uint8Array(length);
  bytes.set(value);
  let seal = sealOf(key, value);
  for (let at = value.length; at < length; at++, seal >>>= 8) bytes[at] = seal;
  return bytes;
}

/** The value in stored bytes, as a view of them; undefined when they are not what was stored. */
export function unsealed(key: Uint8Array, bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length - SEAL_SIZE;
  if (end < 0) return undefined;
  const seal = bytes[end]! | bytes[end + 1]! << 8 | bytes[end + 2]! << 16 | bytes[end + 3]! << 24;
  const value = bytes.subarray(0, end);
  return sealOf(key, value) === seal >>> 0 ? value : undefined;
}

function sealOf(key: Uint8Array, value: Uint8Array): number {
  return maskedCrc32c(crc32c(value, 0, value.length, crc32c(key)));
}
