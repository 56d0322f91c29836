import assert from "#assert";
import { FakeClock } from "../base/fake_clock.ts";
import { FanOutTurns, OFFERS_PER_TURN } from "./fan_out_turns.ts";

function setup() {
  const clock = new FakeClock();
  return { clock, turns: new FanOutTurns(clock) };
}

Deno.test("FanOutTurns is full after so many deliveries, of however many reads", async () => {
  const { clock, turns } = setup();
  for (let reads = 0; reads < 4; reads++) {
    turns.begin(clock.now());
    assert.equal(turns.full, false);
    turns.spend(OFFERS_PER_TURN / 4, 0);
    turns.end();
  }
  turns.begin(clock.now());
  assert.equal(turns.full, true);
  await clock.advance(0);
  turns.begin(clock.now());
  assert.equal(turns.full, false, "in the next turn");
});

Deno.test("FanOutTurns needs no timer for reads that cause few deliveries", () => {
  const { clock, turns } = setup();
  for (let reads = 0; reads < 10_000; reads++) {
    turns.begin(clock.now());
    turns.spend(10, 0);
    turns.end();
  }
  assert.equal(clock.pending, 0);
  assert.equal(turns.full, false);
});

Deno.test("FanOutTurns lets those that wait go on in order, as many as a turn has room for", async () => {
  const { clock, turns } = setup();
  const order: string[] = [];
  /** Two messages of a fan-out that fills the turn to `part`, each in a turn with room. */
  const publisher = async (name: string, part: number) => {
    for (let message = 1; message <= 2; message++) {
      await turns.nextTurn();
      turns.begin(clock.now());
      order.push(`${name}${message}`);
      turns.spend(part * OFFERS_PER_TURN, 0);
      turns.end();
    }
  };
  const all = Promise.all([publisher("a", 1), publisher("b", 0.5), publisher("c", 0.5)]);
  await clock.advance(0);
  await all;
  assert.deepEqual(order, ["a1", "b1", "c1", "a2", "b2", "c2"]);
});

Deno.test("FanOutTurns has room for fewer deliveries that are acknowledged", () => {
  const { clock, turns } = setup();
  turns.begin(clock.now());
  turns.spend(OFFERS_PER_TURN / 5 - 1, 1);
  assert.equal(turns.full, false);
  turns.spend(1, 2);
  assert.equal(turns.full, true);
});

Deno.test("FanOutTurns is full when its deliveries have taken long", async () => {
  const { clock, turns } = setup();
  turns.begin(clock.now());
  turns.spend(1_000, 0);
  await clock.advance(3);
  turns.spend(1_000, 0);
  assert.equal(turns.full, false);
  await clock.advance(1);
  turns.spend(1, 0);
  assert.equal(turns.full, false, "the clock is not asked for each");
  turns.spend(1_000, 0);
  assert.equal(turns.full, true);
  await clock.advance(0);
});
