import assert from "#assert";
import fc from "fast-check";
import { hashText } from "./hash.ts";
import { LevelTable, NO_LEVEL, SEVERAL_LEVELS } from "./level_table.ts";

Deno.test("LevelTable: numbers a level as long as it is used", () => {
  const table = new LevelTable(1);
  const text = "a/bc/a";
  const a = table.acquire(text, 0, 1);
  const bc = table.acquire(text, 2, 4);
  assert.notEqual(a, bc);
  assert.equal(table.acquire(text, 5, 6), a);
  table.release(a);
  assert.equal(table.get("xay", 1, 2), a);
  table.release(a);
  assert.equal(table.get("a", 0, 1), NO_LEVEL);
  assert.equal(table.get("bc", 0, 2), bc);
  assert.equal(table.get("b", 0, 1), NO_LEVEL);
});

Deno.test("LevelTable: tells levels with the same hash apart", () => {
  const table = new LevelTable(0);
  const [one, other] = collision(0);
  assert.equal(hashText(0, one), hashText(0, other));
  const numbers = [table.acquire(one, 0, one.length)];
  assert.equal(table.candidate(hashText(0, other)), numbers[0]);
  assert.equal(table.is(numbers[0]!, other, 0, other.length), false);
  assert.equal(table.get(other, 0, other.length), NO_LEVEL);
  numbers.push(table.acquire(other, 0, other.length));
  assert.equal(table.candidate(hashText(0, other)), SEVERAL_LEVELS);
  assert.notEqual(numbers[0], numbers[1]);
  assert.equal(table.get(one, 0, one.length), numbers[0]);
  assert.equal(table.get(other, 0, other.length), numbers[1]);
  table.release(numbers[0]!);
  assert.equal(table.get(one, 0, one.length), NO_LEVEL);
  assert.equal(table.get(other, 0, other.length), numbers[1]);
});

/** Two texts whose hashes from `seed` are the same. */
function collision(seed: number): [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0;; i++) {
    const text = `level ${i}`;
    const hash = hashText(seed, text);
    const other = seen.get(hash);
    if (other !== undefined) return [other, text];
    seen.set(hash, text);
  }
}

Deno.test("LevelTable: is like a map over any calls", () => {
  const step = fc.record({
    kind: fc.constantFrom("acquire", "acquire", "release"),
    level: fc.constantFrom("", ..."abcdefghijklmnopqrstuvwxyz", "ü", "🌊", "longer"),
  });
  fc.assert(
    fc.property(fc.integer(), fc.array(step, { maxLength: 300, size: "max" }), (seed, steps) => {
      const table = new LevelTable(seed);
      const uses = new Map<string, number>();
      const numbers = new Map<string, number>();
      for (const { kind, level } of steps) {
        const count = uses.get(level) ?? 0;
        if (kind === "acquire") {
          const number = table.acquire(`/${level}/`, 1, 1 + level.length);
          if (count > 0) assert.equal(number, numbers.get(level));
          numbers.set(level, number);
          uses.set(level, count + 1);
        } else if (count > 0) {
          table.release(numbers.get(level)!);
          uses.set(level, count - 1);
        }
      }
      const used = [...uses].filter(([, count]) => count > 0).map(([level]) => level);
      assert.equal(new Set(used.map((level) => numbers.get(level))).size, used.length);
      for (const [level, count] of uses) {
        const expected = count > 0 ? numbers.get(level) : NO_LEVEL;
        assert.equal(table.get(level, 0, level.length), expected);
      }
    }),
  );
});
