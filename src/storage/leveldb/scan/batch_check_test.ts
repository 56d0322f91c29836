import assert from "#assert";
import { BatchCheck } from "./batch_check.ts";
import { batch } from "./log_fixture.ts";

const value = new Uint8Array(300).fill(7);

/** Gives `bytes` to `check` in pieces of `size` bytes. */
function give(check: BatchCheck, bytes: Uint8Array, size = bytes.length): string | undefined {
  check.begin(0);
  for (let at = 0; at < bytes.length; at += size) check.data(bytes.subarray(at, at + size));
  return check.end(bytes.length);
}

Deno.test("BatchCheck: takes a batch in pieces of any size and counts its operations", () => {
  const bytes = batch(3, 5, value);
  for (let size = 1; size <= bytes.length; size++) {
    const check = new BatchCheck();
    assert.equal(give(check, bytes, size), undefined);
    assert.deepEqual([check.operations, check.nextSequence], [5, 8]);
  }
});

Deno.test("BatchCheck: takes deletions, empty strings and an empty batch", () => {
  const check = new BatchCheck();
  assert.equal(
    give(check, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 0, 0)),
    undefined,
  );
  assert.equal(give(check, batch(3, 0, value)), undefined);
  assert.equal(check.operations, 2);
});

for (
  const [name, change, problem] of [
    ["an unknown operation", (b: Uint8Array) => void (b[12] = 2), /unknown operation/],
    ["a count that is too high", (b: Uint8Array) => void (b[8] = 6), /wrong count/],
    ["a count that is too low", (b: Uint8Array) => void (b[8] = 4), /wrong count/],
    ["a length that is too high", (b: Uint8Array) => void (b[16] = 0x70), /within an operation/],
    ["a length without end", (b: Uint8Array) => void b.fill(0xff, 13, 19), /wrong length/],
  ] as const
) {
  Deno.test(`BatchCheck: finds ${name}`, () => {
    const bytes = batch(3, 5, value);
    change(bytes);
    assert.match(give(new BatchCheck(), bytes)!, problem);
  });
}

Deno.test("BatchCheck: finds a batch that ends too early, wherever", () => {
  const bytes = batch(3, 5, value);
  for (let length = 0; length < bytes.length; length++) {
    assert.ok(give(new BatchCheck(), bytes.subarray(0, length)) !== undefined, `${length}`);
  }
});

Deno.test("BatchCheck: sequence numbers grow from batch to batch", () => {
  const check = new BatchCheck();
  assert.equal(give(check, batch(10, 3, value)), undefined);
  assert.match(give(check, batch(12, 1, value))!, /older/);
  assert.equal(give(check, batch(13, 1, value)), undefined);
  assert.equal(give(check, batch(20, 1, value)), undefined);
  assert.equal(check.mayFollow(batch(20, 1, value)), false);
  assert.equal(check.mayFollow(batch(21, 1, value)), true);
  assert.equal(check.mayFollow(new Uint8Array(3)), false);
});
