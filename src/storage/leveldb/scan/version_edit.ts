import { ByteReader, ByteWriter, FormatError } from "./bytes.ts";

/** The order of keys that our databases have. */
export const COMPARATOR = "leveldb.BytewiseComparator";

/** Levels of tables; the tables of level 0 may overlap, and the one with the larger number is newer. */
const LEVELS = 7;

/** A table file as the MANIFEST knows it. */
export interface TableEntry {
  readonly level: number;
  readonly number: number;
  readonly size: number;
  /** Its first and last internal key. */
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
}

/** Which files make up the database. */
export interface Version {
  /** Logs with a smaller number are done with; 0: there was none yet. */
  logNumber: number;
  /** A log from before that one which still counts; 0: none (newer LevelDB has none). */
  previousLogNumber: number;
  nextFileNumber: number;
  lastSequence: number;
  /** By number. */
  readonly tables: Map<number, TableEntry>;
}

const Tag = {
  COMPARATOR: 1,
  LOG_NUMBER: 2,
  NEXT_FILE_NUMBER: 3,
  LAST_SEQUENCE: 4,
  COMPACT_POINTER: 5,
  DELETED_TABLE: 6,
  NEW_TABLE: 7,
  PREVIOUS_LOG_NUMBER: 9,
} as const;

/** The version that a MANIFEST describes: the changes of its records, one after the other. */
export class VersionBuilder {
  #logNumber: number | undefined;
  #previousLogNumber = 0;
  #nextFileNumber: number | undefined;
  #lastSequence: number | undefined;
  readonly #tables = new Map<number, TableEntry>();

  /** Applies one record. Throws {@linkcode FormatError} when it is none. */
  apply(record: Uint8Array): void {
    const reader = new ByteReader(record);
    while (!reader.atEnd) this.#applyField(reader.varint(), reader);
  }

  /** Undefined: a field without which LevelDB opens nothing has not come. */
  version(): Version | undefined {
    if (
      this.#logNumber === undefined || this.#nextFileNumber === undefined ||
      this.#lastSequence === undefined
    ) return undefined;
    return {
      logNumber: this.#logNumber,
      previousLogNumber: this.#previousLogNumber,
      nextFileNumber: this.#nextFileNumber,
      lastSequence: this.#lastSequence,
      tables: this.#tables,
    };
  }

  #applyField(tag: number, reader: ByteReader): void {
    switch (tag) {
      case Tag.COMPARATOR:
        return requireComparator(reader.slice());
      case Tag.LOG_NUMBER:
        this.#logNumber = reader.varint();
        return;
      case Tag.NEXT_FILE_NUMBER:
        this.#nextFileNumber = reader.varint();
        return;
      case Tag.LAST_SEQUENCE:
        this.#lastSequence = reader.varint();
        return;
      case Tag.PREVIOUS_LOG_NUMBER:
        this.#previousLogNumber = reader.varint();
        return;
      case Tag.COMPACT_POINTER:
        readLevel(reader);
        reader.slice();
        return;
      case Tag.DELETED_TABLE:
        readLevel(reader);
        this.#tables.delete(reader.varint());
        return;
      case Tag.NEW_TABLE: {
        const table = readTable(reader);
        this.#tables.set(table.number, table);
        return;
      }
      default:
        throw new FormatError(`a field of the unknown kind ${tag}`);
    }
  }
}

function requireComparator(name: Uint8Array): void {
  const found = new TextDecoder().decode(name);
  if (found !== COMPARATOR) throw new FormatError(`keys in an unknown order, "${found}"`);
}

function readLevel(reader: ByteReader): number {
  const level = reader.varint();
  if (level >= LEVELS) throw new FormatError(`a table of level ${level}`);
  return level;
}

function readTable(reader: ByteReader): TableEntry {
  return {
    level: readLevel(reader),
    number: reader.varint(),
    size: reader.varint(),
    // Copies: what is read is a view of a record that goes away.
    smallest: reader.slice().slice(),
    largest: reader.slice().slice(),
  };
}

/** One record that says all of `version`: the whole content of a new MANIFEST. */
export function encodeVersion(version: Version): Uint8Array {
  const writer = new ByteWriter();
  writer.varint(Tag.COMPARATOR).slice(new TextEncoder().encode(COMPARATOR));
  writer.varint(Tag.LOG_NUMBER).varint(version.logNumber);
  writer.varint(Tag.PREVIOUS_LOG_NUMBER).varint(version.previousLogNumber);
  writer.varint(Tag.NEXT_FILE_NUMBER).varint(version.nextFileNumber);
  writer.varint(Tag.LAST_SEQUENCE).varint(version.lastSequence);
  for (const { level, number, size, smallest, largest } of version.tables.values()) {
    writer.varint(Tag.NEW_TABLE).varint(level).varint(number).varint(size);
    writer.slice(smallest).slice(largest);
  }
  return writer.written.slice();
}
