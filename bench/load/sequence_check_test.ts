import assert from "#assert";
import { SequenceCheck } from "./sequence_check.ts";

Deno.test("SequenceCheck accepts rising numbers of each publisher, with gaps", () => {
  const check = new SequenceCheck(2);
  for (const [publisher, sequence] of [[0, 1], [1, 5], [0, 2], [0, 7], [1, 6]] as const) {
    assert.equal(check.accept(publisher, sequence), true);
  }
});

Deno.test("SequenceCheck refuses a repeated and an earlier number", () => {
  const check = new SequenceCheck(2);
  check.accept(1, 3);
  assert.equal(check.accept(1, 3), false);
  assert.equal(check.accept(1, 2), false);
  assert.equal(check.accept(1, 4), true);
});

Deno.test("SequenceCheck refuses what nobody sends", () => {
  const check = new SequenceCheck(2);
  assert.equal(check.accept(2, 1), false);
  assert.equal(check.accept(0, 0), false);
});
