import assert from "#assert";
import { message, PERSISTENT, type RegisterClusterCase } from "./nodes.ts";

export function membershipCases(test: RegisterClusterCase): void {
  test(1, "status() of a node that has joined shows it alive and available", async ([node]) => {
    const { cluster } = node!;
    const status = cluster.status();
    assert.equal(status.nodeId, cluster.nodeId);
    assert.notEqual(cluster.nodeId, "");
    assert.ok(status.nodes.some(({ nodeId, alive }) => nodeId === cluster.nodeId && alive));
    assert.equal(status.available, true);
    assert.notEqual(status.detail, "");
    await cluster.drain();
  });

  test(1, "close() may be called again, also by disposal", async ([node]) => {
    await node!.cluster.claim("c", PERSISTENT);
    await Promise.all([node!.cluster.close(), node!.cluster.close()]);
    await node!.cluster.close();
    await node!.cluster[Symbol.asyncDispose]();
  });

  test(1, "drain() comes to an end when there is nobody to hand over to", async ([node]) => {
    await node!.cluster.claim("c", PERSISTENT);
    await node!.cluster.drain();
  });

  test(3, "status() shows all nodes everywhere and one leader", async (nodes, settled) => {
    await settled();
    const ids = nodes.map(({ cluster }) => cluster.nodeId).sort();
    assert.equal(new Set(ids).size, 3);
    for (const { cluster } of nodes) {
      const status = cluster.status();
      assert.equal(status.clustered, true);
      assert.deepEqual(status.nodes.map(({ nodeId }) => nodeId).sort(), ids);
      assert.ok(status.nodes.every(({ alive }) => alive));
    }
    const leaders = nodes.filter(({ cluster }) => cluster.status().isLeader);
    assert.equal(leaders.length, 1);
  });

  test(3, "a node that has left is no longer alive and gets nothing", async (nodes, settled) => {
    const [a, b, c] = nodes;
    await c!.cluster.addRoute("t", undefined);
    await settled();
    await c!.cluster.close();
    await settled();
    await a!.cluster.forward(message("t"));
    for (const { cluster } of [a!, b!]) {
      const gone = cluster.status().nodes.find(({ nodeId }) => nodeId === c!.cluster.nodeId);
      assert.equal(gone?.alive ?? false, false);
      assert.equal(cluster.status().available, true);
    }
    assert.equal([a!, b!].filter(({ cluster }) => cluster.status().isLeader).length, 1);
    assert.deepEqual(c!.host.delivered, []);
  });
}
