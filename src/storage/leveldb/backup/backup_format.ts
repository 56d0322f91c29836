/**
 * The file of a backup: a line that says what it is, and records in LevelDB's log format (its
 * fragments have checksums, and a record may be of any length). The first byte of a record says
 * what it holds:
 *
 *     00 JSON                     first: by which version and when, and the format of the database
 *     01 number entries           entries, ascending by key; records are numbered from 0
 *     02 JSON                     last: how many entries there are, and the checksum of all records
 */
import { crc32c } from "../crc32c.ts";
import type { Entry } from "../database.ts";
import { LogWriter } from "../mend/log_writer.ts";
import { ByteReader, ByteWriter, FormatError } from "../scan/bytes.ts";

export const BACKUP_MAGIC = new TextEncoder().encode("TideMQ backup 1\n");

const Kind = { HEADER: 0, ENTRIES: 1, END: 2 } as const;

export interface BackupHeader {
  /** Version of TideMQ. */
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Format of the database. */
  readonly format: number;
}

interface BackupEnd {
  readonly entries: number;
  readonly checksum: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Makes the bytes of a backup, in their order. */
export class BackupWriter {
  readonly #log = new LogWriter();
  #number = 0;
  #entries = 0;
  #checksum = 0;

  *begin(header: BackupHeader): Generator<Uint8Array> {
    yield BACKUP_MAGIC;
    yield* this.#json(Kind.HEADER, header);
  }

  /** Entries that follow on those before. */
  *entries(entries: readonly Entry[]): Generator<Uint8Array> {
    const record = new ByteWriter().byte(Kind.ENTRIES).varint(this.#number++);
    for (const [key, value] of entries) record.slice(key).slice(value);
    this.#entries += entries.length;
    yield* this.#record(record.written);
  }

  *end(): Generator<Uint8Array> {
    const end: BackupEnd = { entries: this.#entries, checksum: this.#checksum };
    yield* this.#json(Kind.END, end);
  }

  #json(kind: number, value: object): Generator<Uint8Array> {
    const text = encoder.encode(JSON.stringify(value));
    return this.#record(new ByteWriter().byte(kind).raw(text).written);
  }

  *#record(record: Uint8Array): Generator<Uint8Array> {
    this.#checksum = crc32c(record, 0, record.length, this.#checksum);
    yield* this.#log.record(record);
  }
}

/** Takes the records of a backup apart, in their order. */
export class BackupReader {
  #header: BackupHeader | undefined;
  #number = 0;
  #entries = 0;
  #checksum = 0;
  #ended = false;

  /** The entries of one record; none for the first and the last. Throws {@linkcode FormatError}. */
  read(record: Uint8Array): Entry[] {
    if (this.#ended) throw new FormatError("something follows the end of the backup");
    const kind = record[0];
    if ((this.#header === undefined) !== (kind === Kind.HEADER)) {
      throw new FormatError("a record in the wrong place");
    }
    const entries = this.#readKind(kind, record);
    this.#checksum = crc32c(record, 0, record.length, this.#checksum);
    this.#entries += entries.length;
    return entries;
  }

  /** Undefined: it has not come yet. */
  get header(): BackupHeader | undefined {
    return this.#header;
  }

  /** Whether the last record has come. */
  get ended(): boolean {
    return this.#ended;
  }

  get entries(): number {
    return this.#entries;
  }

  #readKind(kind: number | undefined, record: Uint8Array): Entry[] {
    switch (kind) {
      case Kind.HEADER:
        this.#header = readJson(record, ["createdAt", "format"]) as BackupHeader;
        return [];
      case Kind.ENTRIES:
        return this.#readEntries(record);
      case Kind.END:
        this.#readEnd(record);
        return [];
      default:
        throw new FormatError("a record of an unknown kind");
    }
  }

  #readEntries(record: Uint8Array): Entry[] {
    const reader = new ByteReader(record, 1);
    if (reader.varint() !== this.#number++) throw new FormatError("a record is missing");
    const entries: Entry[] = [];
    while (!reader.atEnd) entries.push([reader.slice(), reader.slice()]);
    return entries;
  }

  #readEnd(record: Uint8Array): void {
    const { entries, checksum } = readJson(record, ["entries", "checksum"]) as BackupEnd;
    if (entries !== this.#entries || checksum !== this.#checksum) {
      throw new FormatError("the backup is not as it was written");
    }
    this.#ended = true;
  }
}

/** The JSON behind the kind of a record, with at least these numbers in it. */
function readJson(record: Uint8Array, numbers: readonly string[]): object {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(decoder.decode(record.subarray(1)));
  } catch (error) {
    throw new FormatError("a record that is no JSON", { cause: error });
  }
  const isWhole = numbers.every((name) => Number.isSafeInteger(value?.[name]));
  if (!isWhole) throw new FormatError("a record without its fields");
  return value;
}
