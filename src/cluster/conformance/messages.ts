import assert from "#assert";
import { assertSame, message, type Node, type RegisterClusterCase } from "./nodes.ts";

const topics = ({ host }: Node) => host.delivered.map(({ topic }) => topic);

export function aloneCases(test: RegisterClusterCase): void {
  test(1, "forward() and retain() bring nothing back to their own host", async ([node]) => {
    const { cluster, host } = node!;
    await cluster.addRoute("#", undefined);
    await cluster.addRoute("#", "group");
    await cluster.forward(message("a/b"));
    await cluster.retain(message("a/b", { retain: true }));
    await cluster.retain(message("a/b", { retain: true, payload: new Uint8Array(0) }));
    assert.deepEqual([host.delivered, host.retainedMessages, host.redelivered], [[], [], []]);
  });

  test(1, "removeRoute() settles, also for a route that is not there", async ([node]) => {
    const { cluster } = node!;
    await cluster.addRoute("a/+", undefined);
    await cluster.removeRoute("a/+", undefined);
    await cluster.removeRoute("a/+", undefined);
    await cluster.removeRoute("b", "group");
    await cluster.forward(message("a/b"));
  });
}

export function routeCases(test: RegisterClusterCase): void {
  test(
    3,
    "forward() reaches exactly the peers with a matching route, once",
    async (nodes, settled) => {
      const [a, b, c] = nodes;
      await a!.cluster.addRoute("x/#", undefined);
      await b!.cluster.addRoute("x/+", undefined);
      await b!.cluster.addRoute("x/#", undefined);
      await b!.cluster.addRoute("x/1", "group");
      await c!.cluster.addRoute("y", undefined);
      await settled();
      const sent = message("x/1", { qos: 2, retain: true, expiresAt: Date.UTC(2030, 0, 1) + 0.5 });
      await a!.cluster.forward(sent);
      await a!.cluster.forward(message("y"));
      await a!.cluster.forward(message("nobody"));
      assert.deepEqual(nodes.map(topics), [[], ["x/1"], ["y"]]);
      assertSame(b!.host.delivered, [sent]);
    },
  );

  test(3, "a message that a peer delivers is not forwarded again", async (nodes, settled) => {
    for (const { cluster } of nodes) await cluster.addRoute("t", undefined);
    await settled();
    for (const { cluster } of nodes) await cluster.forward(message("t"));
    assert.deepEqual(nodes.map((node) => topics(node).length), [2, 2, 2]);
  });

  test(2, "forward() stops with the route", async ([a, b], settled) => {
    await b!.cluster.addRoute("t", undefined);
    await b!.cluster.addRoute("t", "group");
    await b!.cluster.removeRoute("t", undefined);
    await settled();
    await a!.cluster.forward(message("t"));
    assert.deepEqual(topics(b!), ["t"], "the shared route is still there");
    await b!.cluster.removeRoute("t", "group");
    await settled();
    await a!.cluster.forward(message("t"));
    assert.deepEqual(topics(b!), ["t"]);
  });

  test(2, "forward() keeps the order of messages", async ([a, b], settled) => {
    await b!.cluster.addRoute("#", undefined);
    await settled();
    const names = Array.from({ length: 200 }, (_, index) => `t/${index}`);
    await Promise.all(names.map((name) => a!.cluster.forward(message(name))));
    assert.deepEqual(topics(b!), names);
  });

  test(2, "forward() is durable when the peer's delivery is", async ([a, b], settled) => {
    await b!.cluster.addRoute("t", undefined);
    await settled();
    const stored = Promise.withResolvers<void>();
    b!.host.onDeliver = () => stored.promise;
    let durable = false;
    const forwarded = Promise.resolve(a!.cluster.forward(message("t"))).then(() => durable = true);
    await b!.host.until("the delivery", () => b!.host.delivered.length === 1);
    assert.equal(durable, false);
    stored.resolve();
    await forwarded;
  });

  test(2, "forward() fails when the peer could not store the message", async ([a, b], settled) => {
    await b!.cluster.addRoute("t", undefined);
    await settled();
    b!.host.onDeliver = () => Promise.reject(new Error("the disk of the peer is full"));
    await assert.rejects(async () => await a!.cluster.forward(message("t")));
  });

  test(3, "retain() tells every peer once, of a message and of its end", async (nodes) => {
    const kept = message("t", { retain: true });
    const cleared = message("t", { retain: true, payload: new Uint8Array(0) });
    await nodes[0]!.cluster.retain(kept);
    await nodes[0]!.cluster.retain(cleared);
    for (const { host } of nodes.slice(1)) {
      await host.until("both", () => host.retainedMessages.length === 2);
      assertSame(host.retainedMessages, [kept, cleared]);
    }
    assert.deepEqual(nodes[0]!.host.retainedMessages, []);
  });
}
