import assert from "#assert";
import fc from "fast-check";
import { type Random, randomHex, SeededRandom, SystemRandom } from "./random.ts";

const sources: [name: string, create: () => Random][] = [
  ["SystemRandom", () => new SystemRandom()],
  ["SeededRandom", () => new SeededRandom(42)],
];

for (const [name, create] of sources) {
  Deno.test(`${name}.below() stays below its limit and above zero`, () => {
    const random = create();
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (limit) => {
      const value = random.below(limit);
      assert.ok(Number.isInteger(value) && value >= 0 && value < limit, `${value} of ${limit}`);
    }));
    assert.equal(random.below(1), 0);
  });

  Deno.test(`${name}.below() reaches every value of a small range about as often`, () => {
    const random = create();
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) counts[random.below(10)]!++;
    // Each is binomial with mean 1,000 and deviation 30: ten deviations do not happen.
    for (const count of counts) assert.ok(Math.abs(count - 1_000) < 300, `${counts}`);
  });

  Deno.test(`${name}.below() uses the whole of the largest range`, () => {
    const random = create();
    let largest = 0;
    for (let draw = 0; draw < 200; draw++) largest = Math.max(largest, random.below(2 ** 32));
    assert.ok(largest > 2 ** 31);
  });

  Deno.test(`${name}.bytes() returns new bytes of the length asked for`, () => {
    const random = create();
    for (const length of [0, 1, 16, 1_000]) assert.equal(random.bytes(length).length, length);
    assert.notDeepEqual(random.bytes(16), random.bytes(16));
    assert.ok(new Set(random.bytes(10_000)).size > 250, "all byte values occur");
  });
}

Deno.test("SeededRandom repeats from its seed and differs between seeds", () => {
  const draws = (seed: number) => {
    const random = new SeededRandom(seed);
    return Array.from({ length: 20 }, () => random.below(1_000_000));
  };
  assert.deepEqual(draws(1), draws(1));
  assert.notDeepEqual(draws(1), draws(2));
  assert.notDeepEqual(draws(0), new Array(20).fill(0));
  assert.equal(new SeededRandom(7).seed, 7);
});

Deno.test("randomHex() writes two lower-case digits for every byte", () => {
  const random: Random = { below: () => 0, bytes: () => Uint8Array.of(0, 1, 0xab, 255) };
  assert.equal(randomHex(random, 4), "0001abff");
  assert.match(randomHex(new SystemRandom(), 16), /^[0-9a-f]{32}$/);
});
