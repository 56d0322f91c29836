import { LogWriter } from "../mend/log_writer.ts";
import { ByteWriter } from "./bytes.ts";
import { LOG_BLOCK_SIZE } from "./log_format.ts";
import { type LogOutcome, LogScan, type RecordSink } from "./log_scan.ts";

/** A file with these records. */
export function logFile(records: readonly Uint8Array[]): Uint8Array {
  const writer = new LogWriter();
  const file = new ByteWriter();
  for (const record of records) {
    for (const part of writer.record(record)) file.raw(part);
  }
  return file.written.slice();
}

/** Where each of these records ends in their file. */
export function recordEnds(records: readonly Uint8Array[]): number[] {
  return records.map((_, at) => logFile(records.slice(0, at + 1)).length);
}

/** A batch of LevelDB that puts `puts` pairs, from this sequence number on. */
export function batch(sequence: number, puts: number, value: Uint8Array): Uint8Array {
  const writer = new ByteWriter().uint32(sequence).uint32(0).uint32(puts);
  for (let put = 0; put < puts; put++) {
    writer.byte(1).slice(Uint8Array.of(put)).slice(value);
  }
  return writer.written.slice();
}

/** Scans the bytes of a file. */
export function scan(file: Uint8Array, sink: RecordSink): LogOutcome {
  const scan = new LogScan(sink);
  for (let at = 0; at < file.length; at += LOG_BLOCK_SIZE) {
    scan.push(file.subarray(at, at + LOG_BLOCK_SIZE));
  }
  return scan.finish();
}
