import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { ITEMS_PER_TURN, listText } from "./list_text.ts";

Deno.test("listText: the JSON of a page, of any length", async () => {
  for (const count of [0, 1, ITEMS_PER_TURN, ITEMS_PER_TURN + 1, ITEMS_PER_TURN * 3]) {
    const items = Array.from({ length: count }, (_, n) => ({ n, text: `"${n}",]` }));
    const page = { items, next_cursor: null, total: { value: count, relation: "eq" } };
    assert.deepEqual(JSON.parse(await listText(page, new FakeClock())), page);
  }
});

Deno.test("listText gives way between the parts of a long page", async () => {
  const clock = new FakeClock();
  let done = false;
  const page = { items: Array(ITEMS_PER_TURN + 1).fill(1), next_cursor: "x" };
  const text = listText(page, clock).finally(() => done = true);
  await Promise.resolve();
  assert.deepEqual([done, clock.pending], [false, 1]);
  assert.deepEqual(JSON.parse(await text), page);
});
