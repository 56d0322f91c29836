import { ByteReader, FormatError } from "./bytes.ts";
import { findDataBlocks } from "./data_blocks.ts";
import {
  BLOCK_TRAILER_SIZE,
  blockContents,
  blockEntries,
  type BlockEntry,
  type BlockHandle,
  decodeFooter,
  type Footer,
  FOOTER_SIZE,
  readHandle,
} from "./table_format.ts";
import { WindowReader } from "./window_reader.ts";

/** A line of the index: a data block and a key that is not below its last one. */
export interface IndexEntry {
  readonly key: Uint8Array;
  readonly block: BlockHandle;
}

/** A table whose blocks are found. */
export interface TableCheck {
  /** Where the last intact block of data or of a filter ends. */
  readonly bodySize: number;
  readonly index: readonly IndexEntry[];
  /** Set when the index was damaged, and blocks were found without it. */
  readonly lostIndex: LostIndex | undefined;
  /** Which blocks of the index are damaged, ascending. */
  readonly damaged: readonly number[];
  readonly filters: FilterCheck;
}

export interface LostIndex {
  readonly offset: number;
  readonly reason: string;
  /** Whether all blocks were found all the same. */
  readonly complete: boolean;
}

export interface FilterCheck {
  /** The entries of the metaindex whose filter is intact. */
  readonly intact: readonly BlockEntry[];
  /** Where the first damage is; undefined: there is none. */
  readonly damagedAt: number | undefined;
}

/** Nothing of a table can be found. */
export class UnusableTable {
  constructor(readonly offset: number, readonly reason: string) {}
}

export interface TableCheckOptions {
  /** Whether the blocks of data are checked, or only what leads to them. */
  readonly data: boolean;
}

/** Checks the blocks of the first `size` bytes of the table at `path`. */
export async function checkTable(
  path: string,
  size: number,
  { data }: TableCheckOptions,
): Promise<TableCheck | UnusableTable> {
  using reader = await WindowReader.open(path);
  if (reader.size < size || size < FOOTER_SIZE) {
    const reason = `it has ${reader.size} bytes instead of ${size}`;
    return await checkWithoutIndex(reader, reader.size, reader.size, reason);
  }
  let indexAt = size - FOOTER_SIZE;
  try {
    const footer = await readFooter(reader, size);
    indexAt = footer.index.offset;
    const index = await readIndex(reader, footer.index);
    const damaged = data ? await damagedBlocks(reader, index) : [];
    const filters = await checkFilters(reader, footer.metaindex);
    const bodySize = endOf(index, damaged, filters);
    return { bodySize, index, lostIndex: undefined, damaged, filters };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const reason = `its index cannot be found: ${error.message}`;
    return await checkWithoutIndex(reader, size, indexAt, reason);
  }
}

/** `offset`: where the damage was seen. */
async function checkWithoutIndex(
  reader: WindowReader,
  size: number,
  offset: number,
  reason: string,
): Promise<TableCheck | UnusableTable> {
  const { blocks, end, complete } = await findDataBlocks(reader, size);
  if (blocks.length === 0) return new UnusableTable(offset, reason);
  const filters = { intact: [], damagedAt: undefined };
  const lostIndex = { offset, reason, complete };
  return { bodySize: end, index: blocks, lostIndex, damaged: [], filters };
}

/** Throws {@linkcode FormatError}. */
export async function readFooter(reader: WindowReader, size: number): Promise<Footer> {
  return decodeFooter(await reader.bytes(size - FOOTER_SIZE, FOOTER_SIZE));
}

/** The index, whose place the footer tells. Throws {@linkcode FormatError}. */
export async function readIndex(reader: WindowReader, handle: BlockHandle): Promise<IndexEntry[]> {
  const contents = await readBlock(reader, handle);
  return [...blockEntries(contents)].map(({ key, value }) => ({
    key,
    block: readHandle(new ByteReader(value)),
  }));
}

/** The contents of an intact block. Throws {@linkcode FormatError}. */
export async function readBlock(reader: WindowReader, handle: BlockHandle): Promise<Uint8Array> {
  if (!reader.holds(handle)) throw new FormatError("a block behind the end of the file");
  if (!await reader.blockIsIntact(handle)) throw new FormatError("its checksum is wrong");
  const bytes = await reader.bytes(handle.offset, handle.size + 1);
  return blockContents(bytes.subarray(0, handle.size), bytes[handle.size]!);
}

/** Not what the footer says: it has no checksum. */
function endOf(
  index: readonly IndexEntry[],
  damaged: readonly number[],
  { intact }: FilterCheck,
): number {
  const lost = new Set(damaged);
  const blocks = index.filter((_, at) => !lost.has(at)).map(({ block }) => block);
  for (const { value } of intact) blocks.push(readHandle(new ByteReader(value)));
  const ends = blocks.map(({ offset, size }) => offset + size + BLOCK_TRAILER_SIZE);
  return ends.reduce((last, end) => Math.max(last, end), 0);
}

async function damagedBlocks(
  reader: WindowReader,
  index: readonly IndexEntry[],
): Promise<number[]> {
  const damaged: number[] = [];
  for (const [at, { block }] of index.entries()) {
    if (!reader.holds(block) || !await reader.blockIsIntact(block)) damaged.push(at);
  }
  return damaged;
}

/** A damaged filter makes LevelDB say of keys that are there that they are not. */
async function checkFilters(reader: WindowReader, metaindex: BlockHandle): Promise<FilterCheck> {
  const intact: BlockEntry[] = [];
  let at = metaindex.offset;
  try {
    for (const entry of blockEntries(await readBlock(reader, metaindex))) {
      const filter = readHandle(new ByteReader(entry.value));
      at = filter.offset;
      await readBlock(reader, filter);
      intact.push(entry);
    }
    return { intact, damagedAt: undefined };
  } catch (error) {
    if (error instanceof FormatError) return { intact, damagedAt: at };
    throw error;
  }
}
