/**
 * LevelDB's table files: sorted keys and their values in blocks, found by an index.
 *
 *     data block …   entries; a type byte and a masked CRC-32C behind each block
 *     filter block   says of most keys that are not there that they are not there
 *     metaindex      block: the name of the filter and where it is
 *     index          block: for each data block, a key not below its last one, and where it is
 *     footer         where metaindex and index are, and a magic number: the last 48 bytes
 */
import { ByteReader, ByteWriter, FormatError } from "./bytes.ts";
import { uncompress } from "./snappy.ts";

export const FOOTER_SIZE = 48;
/** Behind the contents of a block: its type and its checksum. */
export const BLOCK_TRAILER_SIZE = 5;
/** The trailer of an internal key: sequence number and operation. */
const KEY_TRAILER_SIZE = 8;

/** The most that an index may uncompress to; one of a table of 2 MiB has about 20 KiB. */
export const INDEX_SIZE_MAX = 256 * 1024 * 1024;

const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

export const BlockType = { PLAIN: 0, SNAPPY: 1 } as const;

/** Where a block is; its trailer follows. */
export interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

export interface Footer {
  readonly metaindex: BlockHandle;
  readonly index: BlockHandle;
}

/** Throws {@linkcode FormatError}. */
export function decodeFooter(bytes: Uint8Array): Footer {
  const magic = bytes.subarray(FOOTER_SIZE - MAGIC.length);
  if (bytes.length !== FOOTER_SIZE || magic.some((byte, at) => byte !== MAGIC[at])) {
    throw new FormatError("the end of a table is missing");
  }
  const reader = new ByteReader(bytes);
  return { metaindex: readHandle(reader), index: readHandle(reader) };
}

export function encodeFooter({ metaindex, index }: Footer): Uint8Array {
  const writer = new ByteWriter();
  writeHandle(writer, metaindex);
  writeHandle(writer, index);
  const footer = new Uint8Array(FOOTER_SIZE);
  footer.set(writer.written);
  footer.set(MAGIC, FOOTER_SIZE - MAGIC.length);
  return footer;
}

export function readHandle(reader: ByteReader): BlockHandle {
  return { offset: reader.varint(), size: reader.varint() };
}

export function writeHandle(writer: ByteWriter, { offset, size }: BlockHandle): void {
  writer.varint(offset).varint(size);
}

/** The contents of a block whose checksum is right. Throws {@linkcode FormatError}. */
export function blockContents(bytes: Uint8Array, type: number): Uint8Array {
  if (type === BlockType.PLAIN) return bytes;
  if (type === BlockType.SNAPPY) return uncompress(bytes, INDEX_SIZE_MAX);
  throw new FormatError(`a block of the unknown type ${type}`);
}

export interface BlockEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/**
 * The entries of a block: of each key only what differs from the one before is written, except at
 * the restart points, whose list is the end of the block. Throws {@linkcode FormatError}.
 */
export function* blockEntries(contents: Uint8Array): Generator<BlockEntry> {
  if (contents.length < 4) throw new FormatError("a block without its end");
  const view = new DataView(contents.buffer, contents.byteOffset, contents.length);
  const end = contents.length - 4 - 4 * view.getUint32(contents.length - 4, true);
  if (end < 0) throw new FormatError("a block with too many restart points");
  const reader = new ByteReader(contents.subarray(0, end));
  let key: Uint8Array = new Uint8Array(0);
  while (!reader.atEnd) {
    const shared = reader.varint();
    const more = reader.varint();
    const valueLength = reader.varint();
    if (shared > key.length) throw new FormatError("a key that shares more than there is");
    const next = new Uint8Array(shared + more);
    next.set(key.subarray(0, shared));
    next.set(reader.take(more), shared);
    key = next;
    yield { key, value: reader.take(valueLength) };
  }
}

/** A block in which every key is written in full, as the index has them. */
export function encodeBlock(entries: readonly BlockEntry[]): Uint8Array {
  const writer = new ByteWriter();
  const restarts: number[] = [];
  for (const { key, value } of entries) {
    restarts.push(writer.written.length);
    writer.varint(0).varint(key.length).varint(value.length).raw(key).raw(value);
  }
  if (restarts.length === 0) restarts.push(0);
  for (const restart of restarts) writer.uint32(restart);
  return writer.uint32(restarts.length).written.slice();
}

/** The key as it was put. */
export function userKey(internalKey: Uint8Array): Uint8Array {
  return internalKey.subarray(0, Math.max(0, internalKey.length - KEY_TRAILER_SIZE));
}

/** Whether the one user key comes before the other, in LevelDB's order. */
export function isBefore(a: Uint8Array, b: Uint8Array): boolean {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] !== b[at]) return a[at]! < b[at]!;
  }
  return a.length < b.length;
}
