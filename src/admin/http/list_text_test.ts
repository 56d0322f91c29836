import assert from "#assert";
import { ITEMS_PER_TURN } from "./list.ts";
import { listText } from "./list_text.ts";

Deno.test("listText: the JSON of a page of any length, in as many turns as it takes", async () => {
  for (const [count, turns] of [[0, 0], [1, 0], [100, 0], [101, 1], [300, 2]] as const) {
    const items = Array.from({ length: count * ITEMS_PER_TURN / 100 }, (_, n) => {
      return { n, text: `"${n}",]` };
    });
    const page = { items, next_cursor: null, total: { value: count, relation: "eq" } };
    let given = 0;
    const text = await listText(page, () => {
      given++;
      return Promise.resolve();
    });
    assert.deepEqual(JSON.parse(text), page);
    assert.equal(given, turns, `${count}`);
  }
});
