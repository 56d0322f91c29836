/**
 * The whole broker on a disk that is full, or that may not be written to, and two brokers on one
 * directory. The small disks are mounted, which needs root.
 */
import assert from "#assert";
import { ReasonCode } from "../../src/mqtt/reason_code.ts";
import { durable, payloads, receive, receiveAll } from "../support/exchange.ts";
import { type ConnectOptions, RawClient } from "../support/raw_client.ts";
import { SmallDisk } from "../support/small_disk.ts";
import { BrokerLife } from "./broker_life.ts";

const DISK_BYTES = 48 * 1024 * 1024;
/** Does not fit into what is left of the last page of a file. */
const LARGE = "x".repeat(20_000);
/** How long the broker may take to see that there is space again, in milliseconds. */
const RECOVERY_MS = 15_000;

class OnSmallDisk implements AsyncDisposable {
  readonly disk: SmallDisk;
  readonly #folder: string;

  private constructor(disk: SmallDisk, folder: string) {
    this.disk = disk;
    this.#folder = folder;
  }

  static async mount(): Promise<OnSmallDisk> {
    const folder = await Deno.makeTempDir({ prefix: "tidemq-disk-" });
    return new OnSmallDisk(await SmallDisk.mount(DISK_BYTES), folder);
  }

  get directory(): string {
    return `${this.disk.path}/data`;
  }

  start(): Promise<BrokerLife> {
    const storage = { type: "leveldb", leveldb: { dir: this.directory } } as const;
    return BrokerLife.start({ folder: this.#folder, storage });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disk[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function connect(port: number, options: ConnectOptions): Promise<RawClient> {
  const client = await RawClient.connectTcp(`127.0.0.1:${port}`);
  const { returnCode, reasonCode } = await client.connect(options);
  assert.equal(reasonCode ?? returnCode, 0);
  return client;
}

/** Waits for a state of readiness, which comes by itself. */
async function untilReady(life: BrokerLife, ready: boolean): Promise<string> {
  const limit = performance.now() + RECOVERY_MS;
  for (;;) {
    const found = await life.readiness();
    if (found.ready === ready) return found.store;
    assert.ok(performance.now() < limit, `/ready goes on to say ${found.store}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("a full disk: QoS 1 and 2 are refused, QoS 0 goes on, space is all that is needed", async () => {
  await using small = await OnSmallDisk.mount();
  const acknowledged: string[] = [];
  {
    await using life = await small.start();
    const port = await life.ready();
    await using away = await connect(port, durable(5, "away"));
    await away.subscribe("a", { qos: 2 });
    await away.disconnect();
    await using live = await connect(port, { clientId: "live", protocolVersion: 5, clean: true });
    await live.subscribe("live");
    await using publisher = await connect(port, durable(5, "publisher5"));
    await using old = await connect(port, durable(4, "publisher4"));
    const publish = async (client: RawClient, name: string, qos: 1 | 2) => {
      const answer = await client.publish("a", `${name} ${LARGE}`, { qos });
      assert.equal(answer!.reasonCode ?? 0, 0);
      if (qos === 2) await client.release(answer!.messageId!);
      acknowledged.push(name);
    };
    await publish(publisher, "one before", 1);
    await publish(publisher, "two before", 2);
    await publish(old, "old before", 1);

    await small.disk.fill();
    const { QuotaExceeded } = ReasonCode;
    for (let time = 0; time < 3; time++) {
      const puback = await publisher.publish("a", `refused ${LARGE}`, { qos: 1 });
      assert.equal(puback!.reasonCode, QuotaExceeded);
      const pubrec = await publisher.publish("a", `refused ${LARGE}`, { qos: 2 });
      assert.equal(pubrec!.reasonCode, QuotaExceeded);
    }
    await old.send({
      cmd: "publish",
      topic: "a",
      payload: `old later ${LARGE}`,
      qos: 1,
      messageId: 77,
    });
    await old.expectClosed();
    await publisher.publish("live", "qos 0");
    await live.expect("publish", { payload: "qos 0" });
    await live.expectNothing();
    assert.match(await untilReady(life, false), /the disk is full/);
    // Only what has to be stored is refused.
    await using another = await RawClient.connectTcp(`127.0.0.1:${port}`);
    await another.sendConnect(durable(5, "another"));
    await another.expect("connack", { reasonCode: QuotaExceeded });

    await small.disk.makeSpace();
    await untilReady(life, true);
    await publish(publisher, "one after", 1);
    await publish(publisher, "two after", 2);
    await using again = await connect(port, durable(4, "publisher4"));
    await again.publish("a", `old later ${LARGE}`, { qos: 1, messageId: 77, dup: true });
    acknowledged.push("old later");
    await life.kill();
  }
  await using life = await small.start();
  assert.deepEqual(await queued(await life.ready()), [...acknowledged, "last"]);
  const { err } = await life.stop();
  assert.doesNotMatch(err, / ERROR /);
});

Deno.test("a full disk: what was refused is not there after a crash, what was acknowledged is", async () => {
  await using small = await OnSmallDisk.mount();
  {
    await using life = await small.start();
    const port = await life.ready();
    await using away = await connect(port, durable(5, "away"));
    await away.subscribe("a", { qos: 2 });
    await away.disconnect();
    await using publisher = await connect(port, durable(5, "publisher"));
    const publish = async (name: string) =>
      (await publisher.publish("a", `${name} ${LARGE}`, { qos: 1 }))!.reasonCode;
    assert.equal(await publish("before"), ReasonCode.Success);
    await small.disk.fill();
    assert.equal(await publish("refused"), ReasonCode.QuotaExceeded);
    await life.kill();
  }
  await small.disk.makeSpace();
  await using life = await small.start();
  assert.deepEqual(await queued(await life.ready()), ["before", "last"]);
  await life.stop();
});

/** What waits for the client that was away, and behind it one message that is published now. */
async function queued(port: number): Promise<string[]> {
  await using publisher = await connect(port, { clientId: "last", protocolVersion: 5 });
  await publisher.publish("a", "last", { qos: 1 });
  await using away = await connect(port, durable(5, "away"));
  const found: string[] = [];
  const limit = performance.now() + RECOVERY_MS;
  // A queue is read from the disk while it is delivered.
  while (found.at(-1) !== "last" && performance.now() < limit) {
    found.push(...payloads(await receiveAll(away)).map((text) => text.replace(` ${LARGE}`, "")));
  }
  return found;
}

Deno.test("a read-only disk: one line says why the broker does not start, exit code 1", async () => {
  await using small = await OnSmallDisk.mount();
  {
    await using life = await small.start();
    await life.ready();
    await life.stop();
  }
  await small.disk.remount("ro");
  await assertDoesNotStart(small, /^tidemq: .*Read-only file system.*\n$/);
  await small.disk.remount("rw");
  await using life = await small.start();
  await life.ready();
  await life.stop();
});

Deno.test("a full disk: one line says why the broker does not start, exit code 1", async () => {
  await using small = await OnSmallDisk.mount();
  await small.disk.fill();
  await assertDoesNotStart(small, /^tidemq: .*No space left on device.*\n$/);
});

Deno.test("a second broker on a directory does not start, and the first goes on", async () => {
  await using small = await OnSmallDisk.mount();
  await using first = await small.start();
  const port = await first.ready();
  await using subscriber = await connect(port, durable(5, "subscriber"));
  await subscriber.subscribe("a", { qos: 1 });
  for (const payload of ["once", "twice"]) {
    await assertDoesNotStart(small, /^tidemq: .* in use by .*\n$/);
    await using publisher = await connect(port, durable(5, "publisher"));
    await publisher.publish("a", payload, { qos: 1 });
    await receive(subscriber, { payload, qos: 1 });
  }
  await first.stop();
});

async function assertDoesNotStart(small: OnSmallDisk, says: RegExp): Promise<void> {
  await using life = await small.start();
  const { code, out, err } = await life.ended();
  assert.match(err, says);
  assert.deepEqual([code, out], [1, ""]);
}
