import assert from "#assert";
import { BodyCounts } from "./bodies.ts";
import { SessionHeads } from "./session_head.ts";

const INFLIGHT = { released: false, bodyId: 0 };

Deno.test("SessionHead forgets the seq of what is in flight with its entry", () => {
  const head = new SessionHeads(10).get("a");
  head.setInflight(1, { ...INFLIGHT, seq: 7, moved: true });
  head.setInflight(2, { ...INFLIGHT, seq: 8, moved: false });
  assert.deepEqual([...head.moved], [7]);
  head.takeInflight(1);
  head.takeInflight(2);
  assert.equal(head.moved.size, 0);
  assert.equal(head.size, 1);
});

Deno.test("SessionHeads counts what all heads keep, whatever is done to them", () => {
  const heads = new SessionHeads(1000);
  const head = heads.get("a");
  heads.get("b").knowReceived(1);
  for (let round = 0; round < 2; round++) {
    head.addQueued(1, { cost: 1, bodyId: 0 });
    head.knowQueued(2, { cost: 1, bodyId: 0 });
    head.setInflight(1, { ...INFLIGHT, seq: 3, moved: true });
    head.knowSubscription("f", { batch: 1, index: 0 });
    head.knowReceived(1);
    assert.equal(head.size, 6);
    assert.equal(heads.entries, 8);
  }
  head.takeQueued(1);
  head.takeQueued(1);
  head.takeInflight(1);
  head.forgetSubscription("f");
  head.forgetReceived(1);
  head.forgetReceived(1);
  assert.equal(heads.entries, 4);
  head.knowReceived(2);
  head.reset();
  assert.equal(heads.entries, 3);
  heads.clear();
  assert.equal(heads.entries, 0);
});

Deno.test("SessionHeads does not count what a read that goes on puts into a head it has forgotten", () => {
  const heads = new SessionHeads(10);
  const head = heads.get("a");
  heads.clear();
  head.knowReceived(1);
  assert.equal(heads.entries, 0);
});

Deno.test("SessionHeads forgets heads that were not used in two generations", () => {
  const heads = new SessionHeads(4);
  const [a] = ["a", "b", "c", "d", "e"].map((name) => heads.get(name));
  heads.trim();
  assert.equal(heads.get("a"), a, "one that is used again stays");
  assert.equal(heads.entries, 5);
  heads.trim();
  assert.equal(heads.entries, 1, "the others are gone");
  assert.equal(heads.get("a"), a);
  const b = heads.get("b");
  heads.trim();
  assert.equal(heads.get("b"), b, "nothing is forgotten while there is room");
});

Deno.test("SessionHeads lets a large head forget what can be read again", () => {
  const heads = new SessionHeads(10);
  const head = heads.get("a");
  head.setInflight(1, { ...INFLIGHT, seq: 1, moved: false });
  for (let seq = 2; seq < 6_000; seq++) head.addQueued(seq, { cost: 2, bodyId: 0 });
  heads.trim();
  assert.equal(head.queued.size, 0);
  assert.equal(head.inflight.size, 1, "all that is in flight has to be known");
  assert.equal(head.count, 5_998);
  assert.equal(heads.entries, head.size);
});

Deno.test("BodyCounts knows a body that was never stored without reading, and forgets within its bound", () => {
  const bodies = new BodyCounts(10, 2);
  assert.equal(bodies.isUnknown(10), true);
  assert.equal(bodies.isUnknown(11), false);
  assert.equal(bodies.add(20, 2), true);
  assert.equal(bodies.add(20, 1), false);
  assert.equal(bodies.isUnknown(15), true, "one between may have been stored before");
  assert.deepEqual(bodies.takeChanged(), [{ id: 20, count: 3 }]);
  bodies.loaded(1, 5);
  bodies.trim();
  assert.equal(bodies.isUnknown(20), false);
  bodies.loaded(2, 5);
  bodies.loaded(3, 5);
  bodies.trim();
  assert.equal(bodies.isUnknown(20), true, "not used in two generations");
  assert.equal(bodies.isUnknown(2), false);
});

Deno.test("BodyCounts never goes below nothing", () => {
  const bodies = new BodyCounts(0, 10);
  bodies.add(5, 1);
  assert.equal(bodies.remove(5), true);
  assert.equal(bodies.remove(5), false);
  assert.deepEqual(bodies.takeChanged(), [{ id: 5, count: 0 }]);
});
