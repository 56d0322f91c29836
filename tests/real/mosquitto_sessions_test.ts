/** Sessions of mosquitto's clients that outlive their connection. */
import assert from "#assert";
import { LocalServer } from "../support/local_server.ts";
import {
  mosquittoPublish,
  MosquittoSubscriber,
  propertyArguments,
  type Version,
} from "../support/mosquitto.ts";
import { RealBroker } from "../support/real_broker.ts";
import { testVersions } from "../support/test_broker.ts";

function subscribe(at: { port: number }, version: Version, args: readonly string[]) {
  return MosquittoSubscriber.start(at, {
    version,
    topics: ["a/#"],
    args: ["-i", "sleeper", ...args],
  });
}

/** Published while the subscriber is away. */
const MESSAGES = 20;

testVersions("mosquitto: what came while a client with -c was away waits for it, in order", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  await using before = await subscribe(broker, version, ["-c"]);
  await before.disconnect();
  const expected: string[][] = [[], []];
  for (let index = 0; index < MESSAGES; index++) {
    const qos = 1 + index % 2;
    await mosquittoPublish(broker, { version, topic: `a/${qos}`, message: `${index}`, qos });
    expected[qos - 1]!.push(`${index}`);
  }
  await using after = await subscribe(broker, version, ["-c"]);
  // A QoS 2 message is printed when its exchange is over, so the order is one of each QoS.
  const received: string[][] = [[], []];
  for (let count = 0; count < MESSAGES; count++) {
    const { payload, qos } = await after.next();
    received[qos - 1]!.push(payload!);
  }
  assert.deepEqual(received, expected);
});

testVersions(
  "mosquitto: QoS 0 is not kept for a client that is away",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using before = await subscribe(broker, version, ["-c"]);
    await before.disconnect();
    await mosquittoPublish(broker, { version, topic: "a/0", message: "lost", qos: 0 });
    await mosquittoPublish(broker, { version, topic: "a/1", message: "kept", qos: 1 });
    await using after = await subscribe(broker, version, ["-c"]);
    assert.equal((await after.next()).payload, "kept");
  },
);

testVersions("mosquitto: without -c nothing is kept, and a clean start throws away what was", [
  3,
  4,
  5,
], async (version) => {
  await using broker = await RealBroker.start();
  for (const args of [[], ["-c"]]) {
    await using before = await subscribe(broker, version, args);
    await before.disconnect();
    await mosquittoPublish(broker, { version, topic: "a", message: "thrown away", qos: 1 });
    await using after = await subscribe(broker, version, []);
    await mosquittoPublish(broker, { version, topic: "a", message: "new", qos: 1 });
    assert.equal((await after.next()).payload, "new");
  }
});

testVersions(
  "mosquitto: the session of a client that was killed goes on",
  [3, 4, 5],
  async (version) => {
    await using broker = await RealBroker.start();
    await using before = await subscribe(broker, version, ["-c"]);
    before.program.signal("SIGKILL");
    await before.program.ended();
    await mosquittoPublish(broker, { version, topic: "a", message: "m", qos: 2 });
    await using after = await subscribe(broker, version, ["-c"]);
    assert.equal((await after.next()).payload, "m");
  },
);

Deno.test("mosquitto: the same client id again takes the session over (5.0)", async () => {
  await using broker = await RealBroker.start();
  await using before = await subscribe(broker, 5, ["-c"]);
  await using after = await subscribe(broker, 5, ["-c"]);
  await before.program.line(/^Received DISCONNECT \(142\)$/);
  await before.program.ended();
  await mosquittoPublish(broker, { version: 5, topic: "a", message: "m", qos: 1 });
  assert.equal((await after.next()).payload, "m");
});

Deno.test("mosquitto: a session with -x ends when its time is over (5.0)", async () => {
  const expired = Promise.withResolvers<[string, string]>();
  await using server = await LocalServer.start({}, {
    observer: {
      sessionEnded: (clientId, cause) => {
        if (clientId === "sleeper") expired.resolve([clientId, cause]);
      },
    },
  });
  await using before = await subscribe(server, 5, ["-c", "-x", "1"]);
  await before.disconnect();
  assert.equal(server.inspector.session("sleeper")?.expiryInterval, 1);
  await mosquittoPublish(server, { version: 5, topic: "a", message: "thrown away", qos: 1 });
  assert.deepEqual(await expired.promise, ["sleeper", "expired"]);
  assert.equal(server.inspector.session("sleeper"), undefined);
  await using after = await subscribe(server, 5, ["-c", "-x", "1"]);
  await mosquittoPublish(server, { version: 5, topic: "a", message: "new", qos: 1 });
  assert.equal((await after.next()).payload, "new");
  await after.disconnect();
});

Deno.test("mosquitto: DISCONNECT may change the session expiry (5.0)", async () => {
  await using server = await LocalServer.start();
  await using client = await subscribe(server, 5, [
    ...["-c", "-x", "60"],
    ...propertyArguments("disconnect", [["session-expiry-interval", "3600"]]),
  ]);
  assert.equal(server.inspector.session("sleeper")?.expiryInterval, 60);
  await client.disconnect();
  await server.deserted();
  assert.equal(server.inspector.session("sleeper")?.expiryInterval, 3600);
});
