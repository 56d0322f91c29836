import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { FROZEN_AGE_MS_MAX, FROZEN_LISTS_MAX, FrozenLists } from "./frozen_lists.ts";

Deno.test("FrozenLists keeps a list until its age is over", async () => {
  const clock = new FakeClock();
  const lists = new FrozenLists(clock);
  const number = lists.keep(["b", "a"]);
  await clock.advance(FROZEN_AGE_MS_MAX);
  assert.deepEqual(lists.get(number), ["b", "a"]);
  await clock.advance(1);
  assert.equal(lists.get(number), undefined);
  assert.equal(lists.size, 0);
});

Deno.test("FrozenLists forgets the oldest when there are too many", () => {
  const lists = new FrozenLists(new FakeClock());
  const numbers = Array.from({ length: FROZEN_LISTS_MAX + 1 }, (_, at) => lists.keep([`${at}`]));
  assert.equal(lists.size, FROZEN_LISTS_MAX);
  assert.equal(lists.get(numbers[0]!), undefined);
  assert.deepEqual(lists.get(numbers[1]!), ["1"]);
});

Deno.test("FrozenLists knows nothing of a number that it never gave", () => {
  assert.equal(new FrozenLists(new FakeClock()).get(1), undefined);
});
