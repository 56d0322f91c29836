import { crc32c, maskedCrc32c } from "../crc32c.ts";
import { ByteWriter } from "../scan/bytes.ts";
import { checkTable, UnusableTable } from "../scan/table_check.ts";
import { type BlockHandle, BlockType, encodeBlock, encodeFooter } from "../scan/table_format.ts";
import { WindowReader } from "../scan/window_reader.ts";
import { removeFile, replaceFile } from "./files.ts";

/** Bytes that are copied at a time. */
const COPY_SIZE = 1024 * 1024;

/**
 * Makes a table whole again, without its damaged blocks: they stay where they are and are no longer
 * found, because a new index leaves them out; the others keep their places. A damaged filter is left
 * out in the same way. Resolves to the size that the table has now; undefined: nothing of it could
 * be kept, and the file is gone. LevelDB's own repair looks at no checksums and would take damaged
 * blocks for data.
 */
export async function mendTable(path: string, size: number): Promise<number | undefined> {
  const check = await checkTable(path, size, { data: true });
  if (check instanceof UnusableTable) return await giveUp(path);
  const damaged = new Set(check.damaged);
  const kept = check.index.filter((_, at) => !damaged.has(at));
  if (kept.length === 0) return await giveUp(path);
  const entries = kept.map(({ key, block }) => ({ key, value: encodedHandle(block) }));
  const { bodySize } = check;
  const metaindex = block(encodeBlock(check.filters.intact), bodySize);
  const index = block(encodeBlock(entries), bodySize + metaindex.bytes.length);
  const footer = encodeFooter({ metaindex: metaindex.handle, index: index.handle });
  await replaceFile(path, parts(path, bodySize, [metaindex.bytes, index.bytes, footer]));
  return bodySize + metaindex.bytes.length + index.bytes.length + footer.length;
}

async function giveUp(path: string): Promise<undefined> {
  await removeFile(path);
}

async function* parts(
  path: string,
  bodySize: number,
  end: readonly Uint8Array[],
): AsyncGenerator<Uint8Array> {
  using reader = await WindowReader.open(path);
  for (let at = 0; at < bodySize; at += COPY_SIZE) {
    yield await reader.bytes(at, Math.min(COPY_SIZE, bodySize - at));
  }
  yield* end;
}

function encodedHandle({ offset, size }: BlockHandle): Uint8Array {
  return new ByteWriter().varint(offset).varint(size).written.slice();
}

/** A block with its trailer, to be put at `offset`. */
function block(contents: Uint8Array, offset: number): { bytes: Uint8Array; handle: BlockHandle } {
  const typed = new ByteWriter().raw(contents).byte(BlockType.PLAIN);
  const crc = maskedCrc32c(crc32c(typed.written));
  const bytes = typed.uint32(crc).written.slice();
  return { bytes, handle: { offset, size: contents.length } };
}
