import assert from "#assert";
import fc from "fast-check";
import { SeededRandom } from "../../../base/random.ts";
import { BatchCheck } from "./batch_check.ts";
import { batch, logFile, recordEnds, scan } from "./log_fixture.ts";
import { fragmentHeader, FragmentType, LOG_BLOCK_SIZE } from "./log_format.ts";
import { RecordReader } from "./record_reader.ts";

const HEADER = 7;
const random = new SeededRandom(7);

function readAll(file: Uint8Array) {
  const records: Uint8Array[] = [];
  const outcome = scan(file, new RecordReader((record) => records.push(record)));
  return { records, outcome };
}

Deno.test("LogScan: gives back what was written, whatever the lengths", () => {
  const length = fc.oneof(
    fc.nat(40),
    // Around the place where a record, or the header of the next, just fits into its block.
    fc.integer({ min: LOG_BLOCK_SIZE - 20, max: LOG_BLOCK_SIZE + 2 }),
    fc.integer({ min: 2 * LOG_BLOCK_SIZE - 30, max: 3 * LOG_BLOCK_SIZE }),
  );
  fc.assert(
    fc.property(fc.array(length, { maxLength: 6 }), (lengths) => {
      const written = lengths.map((length) => random.bytes(length));
      const { records, outcome } = readAll(logFile(written));
      assert.deepEqual(records, written);
      assert.equal(outcome.break, undefined);
      assert.equal(outcome.records, written.length);
    }),
    { numRuns: 50 },
  );
});

Deno.test("LogScan: an empty file is intact", () => {
  assert.deepEqual(readAll(new Uint8Array(0)).outcome, { records: 0, bytes: 0, break: undefined });
});

const records = [100, 40_000, 200, 70_000, 300].map((length) => random.bytes(length));
const ends = recordEnds(records);
const file = logFile(records);

Deno.test("LogScan: a file that ends anywhere is intact up to its last whole record", () => {
  for (
    let length = 0;
    length <= file.length;
    length += length % 977 === 0 ? 1 : 977 - length % 977
  ) {
    const { records: read, outcome } = readAll(file.subarray(0, length));
    const whole = ends.filter((end) => end <= length).length;
    assert.deepEqual(read, records.slice(0, whole));
    const end = ends[whole - 1] ?? 0;
    if (length === end) {
      assert.equal(outcome.break, undefined, `cut at ${length}`);
    } else {
      assert.equal(outcome.break!.kind, "interrupted", `cut at ${length}`);
      assert.equal(outcome.break!.offset, end);
      assert.equal(outcome.break!.passedOver, true);
    }
  }
});

Deno.test("LogScan: zeros behind the last record are an interrupted write", () => {
  for (const zeros of [7, 8, 511, 512, 5000, 100_000]) {
    const tail = new Uint8Array(file.length + zeros);
    tail.set(file);
    const { outcome } = readAll(tail);
    assert.deepEqual(outcome.break, {
      offset: file.length,
      seenAt: file.length,
      reason: "zeros where a record should begin",
      kind: "interrupted",
      passedOver: true,
      recordsBehind: 0,
    });
  }
});

Deno.test("LogScan: damage with whole records behind it is damage, and nothing behind it is given out", () => {
  for (const at of [3, 5, 6, 50, HEADER + 100 + 2, 20_000, 33_000, 40_300, 60_000, 90_000]) {
    for (const how of ["flip", "zeros"] as const) {
      const damaged = file.slice();
      if (how === "flip") damaged[at]! ^= 0x40;
      else damaged.fill(0, at, at + 30);
      const { records: read, outcome } = readAll(damaged);
      const whole = ends.filter((end) => end <= at).length;
      assert.deepEqual(read, records.slice(0, whole), `${how} at ${at}`);
      const { kind, offset, seenAt, recordsBehind } = outcome.break!;
      assert.equal(kind, "damage", `${how} at ${at}`);
      assert.equal(offset, ends[whole - 1] ?? 0);
      assert.ok(seenAt >= offset && seenAt <= at, `${seenAt}`);
      assert.ok(recordsBehind > 0);
    }
  }
});

Deno.test("LogScan: a hole of zeros over whole blocks, with whole records behind it, is damage", () => {
  const many = Array.from({ length: 3000 }, () => random.bytes(100));
  const holed = logFile(many);
  holed.fill(0, 2 * LOG_BLOCK_SIZE, 5 * LOG_BLOCK_SIZE);
  const { kind, offset, recordsBehind } = readAll(holed).outcome.break!;
  assert.equal(kind, "damage");
  assert.ok(offset > 2 * LOG_BLOCK_SIZE - 107 && offset <= 2 * LOG_BLOCK_SIZE);
  assert.ok(recordsBehind > 500);
});

Deno.test("LogScan: of a last record whose sectors did not all reach the disk, none is whole", () => {
  const long = [random.bytes(100), random.bytes(150_000)];
  const written = logFile(long);
  for (const hole of [0, 512, 4096, LOG_BLOCK_SIZE, 2 * LOG_BLOCK_SIZE + 512, 3 * LOG_BLOCK_SIZE]) {
    const torn = written.slice();
    torn.fill(0, Math.max(hole, 107), hole + 4096);
    const { kind, offset } = readAll(torn).outcome.break!;
    assert.deepEqual([kind, offset], ["interrupted", 107], `hole at ${hole}`);
  }
});

Deno.test("LogScan: a last record that is all there and wrong is damage", () => {
  const damaged = file.slice();
  damaged[file.length - 20]! ^= 1;
  const { kind, offset, recordsBehind } = readAll(damaged).outcome.break!;
  assert.deepEqual([kind, offset, recordsBehind], ["damage", ends[3], 0]);
});

Deno.test("LogScan: damage in what fills a block up counts for nothing", () => {
  const padded = [random.bytes(LOG_BLOCK_SIZE - HEADER - 5), random.bytes(10)];
  const filled = logFile(padded);
  assert.equal(filled[LOG_BLOCK_SIZE - 1], 0);
  filled[LOG_BLOCK_SIZE - 1] = 0xff;
  const { records: read, outcome } = readAll(filled);
  assert.deepEqual([read, outcome.break], [padded, undefined]);
});

/** Fragments one after the other, as they are given. */
function fragments(...parts: [FragmentType, Uint8Array][]): Uint8Array {
  const bytes = parts.flatMap(([type, payload]) => [...fragmentHeader(type, payload), ...payload]);
  return Uint8Array.from(bytes);
}

const part = Uint8Array.of(1, 2, 3);
const { FULL, FIRST, MIDDLE, LAST } = FragmentType;

for (
  const [name, bytes, offset, reason] of [
    ["LAST first", fragments([LAST, part], [FULL, part]), 0, /without its beginning/],
    ["MIDDLE first", fragments([MIDDLE, part], [FULL, part]), 0, /without its beginning/],
    [
      "FULL in a record",
      fragments([FULL, part], [FIRST, part], [FULL, part]),
      10,
      /without its end/,
    ],
    [
      "FIRST in a record",
      fragments([FIRST, part], [FIRST, part], [LAST, part]),
      0,
      /without its end/,
    ],
    ["an unknown type", fragments([5 as FragmentType, part], [FULL, part]), 0, /unknown type/],
  ] as const
) {
  Deno.test(`LogScan: ${name} is damage`, () => {
    const { break: found } = readAll(bytes).outcome;
    assert.equal(found!.kind, "damage");
    assert.equal(found!.offset, offset);
    assert.match(found!.reason, reason);
    assert.ok(found!.recordsBehind > 0);
  });
}

Deno.test("LogScan: an empty FIRST before a record is none", () => {
  const { records: read, outcome } = readAll(fragments([FIRST, new Uint8Array(0)], [FULL, part]));
  assert.deepEqual([read, outcome.break], [[part], undefined]);
});

Deno.test("LogScan: what a client sent does not pass for a later write", () => {
  // The interrupted write holds a payload that is a log, with a batch in it that is older.
  const forged = Uint8Array.of(...logFile([batch(5, 1, part)]), 1, 2, 3);
  const torn = logFile([batch(10, 1, part), batch(11, 1, forged)]).slice(0, -1);
  const outcome = scan(torn, new BatchCheck());
  assert.deepEqual([outcome.break!.kind, outcome.records], ["interrupted", 1]);
});
