import assert from "#assert";
import {
  assertSame,
  CLEAN_START,
  PERSISTENT,
  type RegisterClusterCase,
  snapshot,
  TRANSIENT,
} from "./nodes.ts";

export function claimCases(test: RegisterClusterCase): void {
  test(1, "claim() of a session that is nowhere grants it without a snapshot", async ([node]) => {
    for (const [index, claim] of [PERSISTENT, TRANSIENT, CLEAN_START].entries()) {
      const grant = await node!.cluster.claim(`client ${index}`, claim);
      assert.ok(Number.isSafeInteger(grant.epoch) && grant.epoch >= 1);
      assert.equal(grant.snapshot, undefined);
    }
    assert.deepEqual(node!.host.surrendered, []);
  });

  test(1, "claim() raises the epoch every time", async ([node]) => {
    let last = 0;
    for (const claim of [PERSISTENT, PERSISTENT, CLEAN_START, TRANSIENT, PERSISTENT]) {
      const { epoch } = await node!.cluster.claim("c", claim);
      assert.ok(epoch > last, `${epoch} follows ${last}`);
      last = epoch;
    }
  });

  test(1, "claim() by the owner asks nobody to surrender", async ([node]) => {
    node!.host.snapshots.set("c", snapshot("c"));
    await node!.cluster.claim("c", PERSISTENT);
    const again = await node!.cluster.claim("c", PERSISTENT);
    assert.equal(again.snapshot, undefined);
    assert.deepEqual([node!.host.surrendered, node!.host.losses], [[], []]);
  });

  test(1, "claim() after release() grants a larger epoch than any before", async ([node]) => {
    const first = await node!.cluster.claim("c", PERSISTENT);
    await node!.cluster.release("c", first.epoch);
    const second = await node!.cluster.claim("c", PERSISTENT);
    assert.ok(second.epoch > first.epoch);
  });

  test(1, "release() may be stale, repeated or about nothing", async ([node]) => {
    const { cluster, host } = node!;
    const first = await cluster.claim("c", PERSISTENT);
    const second = await cluster.claim("c", PERSISTENT);
    await cluster.release("c", first.epoch);
    await cluster.release("c", second.epoch);
    await cluster.release("c", second.epoch);
    await cluster.release("nobody", 1);
    assert.deepEqual(host.losses, []);
  });
}

export function takeoverCases(test: RegisterClusterCase): void {
  test(2, "claim() takes the whole state from the owner, who is told", async ([a, b]) => {
    const state = snapshot("c/ü");
    a!.host.snapshots.set("c/ü", state);
    const first = await a!.cluster.claim("c/ü", PERSISTENT);
    const second = await b!.cluster.claim("c/ü", PERSISTENT);
    assert.ok(second.epoch > first.epoch);
    assertSame(second.snapshot, state);
    await a!.host.until("the loss", () => a!.host.losses.length > 0);
    assert.deepEqual(a!.host.surrendered, ["c/ü"]);
    assert.deepEqual(a!.host.losses, [{ clientId: "c/ü", epoch: first.epoch }]);
    assert.deepEqual([b!.host.surrendered, b!.host.losses], [[], []]);
  });

  test(2, "claim() with clean start discards the state of the owner", async ([a, b]) => {
    a!.host.snapshots.set("c", snapshot("c"));
    const first = await a!.cluster.claim("c", PERSISTENT);
    const second = await b!.cluster.claim("c", CLEAN_START);
    assert.equal(second.snapshot, undefined);
    await a!.host.until("the loss", () => a!.host.losses.length > 0);
    assert.deepEqual(a!.host.losses, [{ clientId: "c", epoch: first.epoch }]);
  });

  test(2, "claim() after release() elsewhere takes nothing over", async ([a, b]) => {
    const { epoch } = await a!.cluster.claim("c", PERSISTENT);
    await a!.cluster.release("c", epoch);
    const second = await b!.cluster.claim("c", PERSISTENT);
    assert.ok(second.epoch > epoch);
    assert.equal(second.snapshot, undefined);
    assert.deepEqual(a!.host.surrendered, []);
  });

  test(3, "release() by an owner of the past leaves the session where it is", async (nodes) => {
    const [a, b, c] = nodes;
    const first = await a!.cluster.claim("c", PERSISTENT);
    await b!.cluster.claim("c", PERSISTENT);
    await a!.cluster.release("c", first.epoch);
    b!.host.snapshots.set("c", snapshot("c"));
    const third = await c!.cluster.claim("c", PERSISTENT);
    assertSame(third.snapshot, snapshot("c"));
    assert.deepEqual(b!.host.surrendered, ["c"]);
  });

  test(3, "a session that wanders keeps one owner and ever larger epochs", async (nodes) => {
    let last = 0;
    for (let round = 0; round < 12; round++) {
      const { cluster, host } = nodes[round % 3]!;
      const { epoch } = await cluster.claim("c", PERSISTENT);
      assert.ok(epoch > last);
      last = epoch;
      host.snapshots.set("c", snapshot("c"));
    }
    await nodes[1]!.host.until("the last loss", () => nodes[1]!.host.losses.length === 4);
    const losses = nodes.flatMap(({ host }) => host.losses);
    assert.ok(losses.every(({ epoch }) => epoch < last));
  });

  test(3, "of claims that race one stays, and all others are lost", async (nodes) => {
    const claims = nodes.map(({ cluster }) => cluster.claim("c", PERSISTENT));
    const epochs = (await Promise.all(claims)).map(({ epoch }) => epoch);
    assert.equal(new Set(epochs).size, 3);
    const winner = epochs.indexOf(Math.max(...epochs));
    for (const [index, { host }] of nodes.entries()) {
      const lost = () => host.losses.some(({ epoch }) => epoch === epochs[index]);
      if (index === winner) assert.equal(lost(), false);
      else await host.until(`the loss of epoch ${epochs[index]}`, lost);
    }
  });
}
