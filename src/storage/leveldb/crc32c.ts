/**
 * CRC-32C (Castagnoli), the checksum of LevelDB's files. Table-driven, eight bytes a step: the
 * tables say what a byte does to the remainder when 0 … 7 more bytes follow it.
 */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

const tables = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ ((remainder & 1) === 0 ? 0 : POLYNOMIAL);
  }
  tables[byte] = remainder;
}
for (let at = 256; at < tables.length; at++) {
  const shorter = tables[at - 256]!;
  tables[at] = (shorter >>> 8) ^ tables[shorter & 0xff]!;
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = Array.from(
  { length: SLICES },
  (_, slice) => tables.subarray(slice * 256, (slice + 1) * 256),
) as [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/**
 * The checksum of `bytes` from `start` to `end`, as an unsigned number. `before` is the checksum of
 * what stands in front of them, when they go on where other bytes ended.
 */
export function crc32c(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
  before = 0,
): number {
  let crc = ~before;
  let at = start;
  for (const last = end - 7; at < last; at += 8) {
    const low = crc ^
      (bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16 | bytes[at + 3]! << 24);
    crc = t7[low & 0xff]! ^ t6[low >>> 8 & 0xff]! ^ t5[low >>> 16 & 0xff]! ^ t4[low >>> 24]! ^
      t3[bytes[at + 4]!]! ^ t2[bytes[at + 5]!]! ^ t1[bytes[at + 6]!]! ^ t0[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

const MASK_DELTA = 0xa282ead8;

/**
 * A checksum as LevelDB stores it: rotated and moved, so that the checksum of bytes that hold
 * checksums does not come out the same for whole families of them.
 */
export function maskedCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}
