/**
 * Finds one record in the files of a database that is not opened: opening it would change them.
 * What is damaged is passed over.
 */
import { ByteReader, FormatError, readUint64 } from "./bytes.ts";
import { logName } from "./directory.ts";
import { scanLogFile } from "./log_file.ts";
import { RecordReader } from "./record_reader.ts";
import type { ScanReport } from "./scan.ts";
import { liveLogs } from "./scan_logs.ts";
import { entriesAround } from "./table_entries.ts";
import { isBefore, userKey } from "./table_format.ts";

/** Of a batch in a log: sequence number and count of operations. */
const BATCH_HEADER_SIZE = 12;

const PUT = 1;

/** What was done with the key last, as far as it was seen. */
class Newest {
  value: Uint8Array | undefined;
  #sequence = -1;

  add(sequence: number, operation: number, value: Uint8Array): void {
    if (sequence < this.#sequence) return;
    this.#sequence = sequence;
    this.value = operation === PUT ? value.slice() : undefined;
  }
}

/** The newest value of `key` in the database that was scanned; undefined: it has none. */
export async function findValue(
  { directory, files, version }: ScanReport,
  key: Uint8Array,
): Promise<Uint8Array | undefined> {
  const newest = new Newest();
  for (const { number, size, smallest, largest } of version?.tables.values() ?? []) {
    const file = files.tables.get(number);
    if (file === undefined || isBefore(key, userKey(smallest))) continue;
    if (isBefore(userKey(largest), key)) continue;
    for await (const { key: found, value } of entriesAround(`${directory}/${file}`, size, key)) {
      if (isSame(userKey(found), key)) newest.add(sequenceOf(found), operationOf(found), value);
    }
  }
  for (const number of liveLogs(files, version)) {
    const sink = new RecordReader((batch) => searchBatch(batch, key, newest));
    await scanLogFile(`${directory}/${logName(number)}`, sink);
  }
  return newest.value;
}

function searchBatch(batch: Uint8Array, key: Uint8Array, newest: Newest): void {
  if (batch.length < BATCH_HEADER_SIZE) throw new FormatError("a batch without its header");
  let sequence = readUint64(batch, 0);
  for (const reader = new ByteReader(batch, BATCH_HEADER_SIZE); !reader.atEnd; sequence++) {
    const [operation] = reader.take(1);
    const found = reader.slice();
    const value = operation === PUT ? reader.slice() : new Uint8Array(0);
    if (isSame(found, key)) newest.add(sequence, operation!, value);
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** The trailer of an internal key: the operation in the lowest byte, the sequence number above. */
function operationOf(internalKey: Uint8Array): number {
  return internalKey[userKey(internalKey).length]!;
}

function sequenceOf(internalKey: Uint8Array): number {
  let sequence = 0;
  for (let at = internalKey.length - 1; at > userKey(internalKey).length; at--) {
    sequence = sequence * 0x100 + internalKey[at]!;
  }
  return sequence;
}
