import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import {
  FROZEN_AGE_MS_MAX,
  FROZEN_LISTS_MAX,
  FROZEN_ROWS_MAX,
  type FrozenList,
  FrozenLists,
} from "./frozen_lists.ts";

function listOf(ids: readonly string[]): FrozenList {
  return { ids, values: ids.map(() => 0), descending: false, complete: true };
}

Deno.test("FrozenLists keeps a list until its age is over", async () => {
  const clock = new FakeClock();
  const lists = new FrozenLists(clock);
  const list = listOf(["b", "a"]);
  const number = lists.keep(list);
  await clock.advance(FROZEN_AGE_MS_MAX);
  assert.equal(lists.get(number), list);
  await clock.advance(1);
  assert.equal(lists.get(number), undefined);
  assert.equal(lists.size, 0);
});

Deno.test("FrozenLists forgets the oldest when there are too many", () => {
  const lists = new FrozenLists(new FakeClock());
  const numbers = Array.from(
    { length: FROZEN_LISTS_MAX + 1 },
    (_, at) => lists.keep(listOf([`${at}`])),
  );
  assert.equal(lists.size, FROZEN_LISTS_MAX);
  assert.equal(lists.get(numbers[0]!), undefined);
  assert.deepEqual(lists.get(numbers[1]!)?.ids, ["1"]);
});

Deno.test("FrozenLists knows nothing of a number that it never gave", () => {
  assert.equal(new FrozenLists(new FakeClock()).get(1), undefined);
});

Deno.test("FrozenLists bounds the rows of all lists together", () => {
  const lists = new FrozenLists(new FakeClock());
  const half = listOf(Array<string>(FROZEN_ROWS_MAX / 2).fill("a"));
  const first = lists.keep(half);
  const second = lists.keep(half);
  const third = lists.keep(listOf(["b"]));
  assert.equal(lists.get(first), undefined);
  assert.deepEqual([lists.get(second)?.ids.length, lists.get(third)?.ids.length], [
    FROZEN_ROWS_MAX / 2,
    1,
  ]);
});
