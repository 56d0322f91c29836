/**
 * Finds the data blocks of a table without its index. Blocks follow each other from the start of the
 * file and say nowhere how long they are; but each ends with its checksum, so an intact one is found
 * by trying where the checksum of what was read so far stands next.
 */
import { crc32c, maskedCrc32c } from "../crc32c.ts";
import { FormatError } from "./bytes.ts";
import {
  BLOCK_TRAILER_SIZE,
  blockContents,
  blockEntries,
  type BlockHandle,
  BlockType,
  isBefore,
  userKey,
} from "./table_format.ts";
import type { WindowReader } from "./window_reader.ts";

/** Bytes that are looked through at a time. */
const CHUNK_SIZE = 1024 * 1024;

/** Behind a user key: the number of the write, with what it was in the lowest byte. */
const KEY_TRAILER_SIZE = 8;
const OPERATION_MAX = 1;

export interface DataBlocks {
  /** In the order of the file, each with its last key. */
  readonly blocks: readonly { readonly key: Uint8Array; readonly block: BlockHandle }[];
  /** Where the last of them ends. */
  readonly end: number;
  /** Whether these are all: what a table has behind its data was seen behind them. */
  readonly complete: boolean;
}

/** Looks through the first `size` bytes; ends at the first block that is damaged. */
export async function findDataBlocks(reader: WindowReader, size: number): Promise<DataBlocks> {
  const blocks: { key: Uint8Array; block: BlockHandle }[] = [];
  let end = 0;
  let previous: Uint8Array | undefined;
  for (;;) {
    const block = await blockAt(reader, end, size);
    if (block === undefined) return { blocks, end, complete: false };
    const key = await lastKey(reader, block, previous);
    if (key === undefined) return { blocks, end, complete: true };
    blocks.push({ key, block });
    previous = key;
    end += block.size + BLOCK_TRAILER_SIZE;
  }
}

/** The intact block that begins at `offset`. */
async function blockAt(
  reader: WindowReader,
  offset: number,
  size: number,
): Promise<BlockHandle | undefined> {
  let crc = 0;
  for (let at = offset; at + BLOCK_TRAILER_SIZE <= size;) {
    const bytes = await reader.bytes(at, Math.min(CHUNK_SIZE, size - at));
    const view = new DataView(bytes.buffer);
    let next = 0;
    for (; next + BLOCK_TRAILER_SIZE <= bytes.length; next++) {
      const type = bytes[next]!;
      crc = crc32c(bytes, next, next + 1, crc);
      const mayEnd = type === BlockType.PLAIN || type === BlockType.SNAPPY;
      if (mayEnd && view.getUint32(next + 1, true) === maskedCrc32c(crc)) {
        return { offset, size: at + next - offset };
      }
    }
    at += next;
  }
  return undefined;
}

/** The last key of a block of data behind `previous`; undefined: it is a block of something else. */
async function lastKey(
  reader: WindowReader,
  { offset, size }: BlockHandle,
  previous: Uint8Array | undefined,
): Promise<Uint8Array | undefined> {
  const bytes = await reader.bytes(offset, size + 1);
  let last = previous;
  try {
    for (const { key } of blockEntries(blockContents(bytes.subarray(0, size), bytes[size]!))) {
      if (!isInternalKey(key) || last !== undefined && isBefore(userKey(key), userKey(last))) {
        return undefined;
      }
      last = key;
    }
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
  return last === previous ? undefined : last;
}

function isInternalKey(key: Uint8Array): boolean {
  return key.length >= KEY_TRAILER_SIZE && key[key.length - KEY_TRAILER_SIZE]! <= OPERATION_MAX;
}
