/**
 * The format that LevelDB gives its logs and its MANIFEST.
 *
 * A file is a row of blocks of 32 KiB, the last one as short as it is. A block holds fragments: a
 * header (masked CRC-32C of type and payload, 4 bytes; length, 2; type, 1) and the payload. A
 * record that does not fit into the rest of its block goes on in the next one: FIRST, MIDDLE …,
 * LAST; one that fits is FULL. Where fewer bytes than a header are left, a block ends with zeros.
 * So a fragment begins at the start of every block, whatever came before: that is where a reader
 * that has lost its place finds it again.
 */
import { crc32c, maskedCrc32c } from "../crc32c.ts";

export const LOG_BLOCK_SIZE = 32 * 1024;
export const FRAGMENT_HEADER_SIZE = 7;

export const FragmentType = {
  /** Of files whose space was reserved before it was written. */
  ZERO: 0,
  FULL: 1,
  FIRST: 2,
  MIDDLE: 3,
  LAST: 4,
} as const;
export type FragmentType = (typeof FragmentType)[keyof typeof FragmentType];

/** The bytes of the header of a fragment with `payload`. */
export function fragmentHeader(type: FragmentType, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(FRAGMENT_HEADER_SIZE);
  header[4] = payload.length;
  header[5] = payload.length >>> 8;
  header[6] = type;
  const crc = crc32c(payload, 0, payload.length, crc32c(header, 6, 7));
  new DataView(header.buffer).setUint32(0, maskedCrc32c(crc), true);
  return header;
}

/** Why there is no intact fragment at a place. */
export interface FragmentProblem {
  /** Plain words, for the report. */
  readonly reason: string;
  /**
   * Whether a write leaves this when the end of the process or of the power interrupts it. `zeros`:
   * only when sectors of it are missing.
   */
  readonly interrupted: "yes" | "zeros" | "no";
}

const ZEROS: FragmentProblem = {
  reason: "zeros where a record should begin",
  interrupted: "yes",
};
export const CUT_OFF: FragmentProblem = {
  reason: "the file ends within a record",
  interrupted: "yes",
};
const WRONG_LENGTH: FragmentProblem = {
  reason: "a record with an impossible length",
  interrupted: "zeros",
};
const WRONG_CHECKSUM: FragmentProblem = {
  reason: "a record whose checksum is wrong",
  interrupted: "zeros",
};
const UNKNOWN_TYPE: FragmentProblem = {
  reason: "a record of an unknown type",
  interrupted: "no",
};

/** The length of the payload of the fragment at `at`, as its header says. */
export function fragmentLength(block: Uint8Array, at: number): number {
  return block[at + 4]! | block[at + 5]! << 8;
}

/** What is wrong with the fragment at `at`; at least a header is left there. Undefined: intact. */
export function fragmentProblem(block: Uint8Array, at: number): FragmentProblem | undefined {
  const length = fragmentLength(block, at);
  const type = block[at + 6]!;
  if (at + FRAGMENT_HEADER_SIZE + length > block.length) {
    return block.length < LOG_BLOCK_SIZE ? CUT_OFF : WRONG_LENGTH;
  }
  // LevelDB says nothing of these, drops the rest of the block and reads on.
  if (type === FragmentType.ZERO && length === 0) return ZEROS;
  if (!checksumFits(block, at, length)) return WRONG_CHECKSUM;
  return type > FragmentType.LAST || type === FragmentType.ZERO ? UNKNOWN_TYPE : undefined;
}

/**
 * The first place from `from` on where an intact fragment stands; undefined when there is none.
 * Looks at every byte: a damaged length says nothing of where the next fragment begins.
 */
export function findFragment(block: Uint8Array, from: number): number | undefined {
  for (let at = from; at + FRAGMENT_HEADER_SIZE <= block.length; at++) {
    const type = block[at + 6]!;
    if (type < FragmentType.FULL || type > FragmentType.LAST) continue;
    const length = fragmentLength(block, at);
    if (at + FRAGMENT_HEADER_SIZE + length > block.length) continue;
    if (checksumFits(block, at, length)) return at;
  }
  return undefined;
}

function checksumFits(block: Uint8Array, at: number, length: number): boolean {
  const end = at + FRAGMENT_HEADER_SIZE + length;
  const stored = block[at]! | block[at + 1]! << 8 | block[at + 2]! << 16 | block[at + 3]! << 24;
  return maskedCrc32c(crc32c(block, at + 6, end)) === stored >>> 0;
}
