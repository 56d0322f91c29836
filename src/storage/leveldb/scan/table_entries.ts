import { FormatError } from "./bytes.ts";
import { readBlock, readFooter, readIndex } from "./table_check.ts";
import { blockEntries, type BlockEntry, isBefore, userKey } from "./table_format.ts";
import { WindowReader } from "./window_reader.ts";

/**
 * The entries of the blocks of a table that may hold `key`. Ends at what is damaged. `size`: of the
 * table.
 */
export async function* entriesAround(
  path: string,
  size: number,
  key: Uint8Array,
): AsyncGenerator<BlockEntry> {
  using reader = await WindowReader.open(path);
  try {
    const { index } = await readFooter(reader, size);
    for (const { key: last, block } of await readIndex(reader, index)) {
      if (isBefore(userKey(last), key)) continue;
      yield* blockEntries(await readBlock(reader, block));
      if (isBefore(key, userKey(last))) return;
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}
