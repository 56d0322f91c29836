import assert from "#assert";
import type { Packet } from "../mqtt/packet.ts";
import type { Puback } from "../mqtt/packets/puback.ts";
import { isError, ReasonCode } from "../mqtt/reason_code.ts";
import { DurableReply, puback, UnansweredWrite } from "./reply.ts";
import { ReplyQueue } from "./reply_queue.ts";

interface Bench {
  readonly queue: ReplyQueue;
  /** Packet ids of what was sent; negative: with an error code. */
  readonly sent: number[];
  readonly refused: unknown[];
}

function bench(): Bench {
  const sent: number[] = [];
  const refused: unknown[] = [];
  const send = (packet: Packet) => {
    const { packetId, reasonCode } = packet as Puback;
    sent.push(isError(reasonCode) ? -packetId : packetId);
  };
  return {
    queue: new ReplyQueue({ send }, { fail: (error) => void refused.push(error) }),
    sent,
    refused,
  };
}

function answer(packetId: number): Packet {
  return puback(packetId, ReasonCode.Success);
}

/** An answer that the test decides about; `tellable`: its failure has a packet. */
function durable(queue: ReplyQueue, packetId: number, options: { tellable?: boolean } = {}) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let settled = 0;
  queue.addDurable(
    new DurableReply(
      promise,
      answer(packetId),
      () => options.tellable === false ? undefined : puback(packetId, ReasonCode.QuotaExceeded),
      () => settled++,
    ),
  );
  return {
    async succeed() {
      resolve();
      await turn();
    },
    async fail(error: unknown = new Error("full")) {
      reject(error);
      await turn();
    },
    get settled() {
      return settled;
    },
  };
}

async function turn(): Promise<void> {
  for (let each = 0; each < 5; each++) await Promise.resolve();
}

Deno.test("ReplyQueue.add sends at once when nothing waits", () => {
  const { queue, sent } = bench();
  queue.add(answer(1));
  queue.add(answer(2));
  assert.deepEqual([sent, queue.size], [[1, 2], 0]);
});

Deno.test("[MQTT-4.6.0-2] ReplyQueue: answers leave in order although writes end out of order", async () => {
  const { queue, sent } = bench();
  const [first, second, third] = [1, 2, 3].map((id) => durable(queue, id));
  queue.add(answer(4));
  await third!.succeed();
  await second!.succeed();
  assert.deepEqual([sent, queue.size], [[], 4]);
  await first!.succeed();
  assert.deepEqual([sent, queue.size], [[1, 2, 3, 4], 0]);
  queue.add(answer(5));
  assert.deepEqual(sent.at(-1), 5);
});

Deno.test("ReplyQueue: what is ready in front of one that waits does not wait", async () => {
  const { queue, sent } = bench();
  const [first, second] = [1, 2].map((id) => durable(queue, id));
  queue.add(answer(3));
  await first!.succeed();
  assert.deepEqual(sent, [1]);
  await second!.succeed();
  assert.deepEqual(sent, [1, 2, 3]);
});

Deno.test("ReplyQueue: a failure is told in its place", async () => {
  const { queue, sent, refused } = bench();
  const [first, second] = [1, 2].map((id) => durable(queue, id));
  await second!.fail();
  assert.deepEqual(sent, []);
  await first!.succeed();
  assert.deepEqual([sent, refused], [[1, -2], []]);
});

Deno.test("ReplyQueue: a failure that no packet can tell is refused, once", async () => {
  const { queue, sent, refused } = bench();
  const reply = durable(queue, 1, { tellable: false });
  durable(queue, 2);
  const error = new Error("full");
  await reply.fail(error);
  assert.deepEqual([sent, refused], [[], [error]]);
});

Deno.test("ReplyQueue: settled runs when the answer is decided, in time for what follows", async () => {
  const { queue } = bench();
  const [first, second] = [1, 2].map((id) => durable(queue, id));
  await second!.fail();
  assert.deepEqual([first!.settled, second!.settled], [0, 1]);
  await first!.succeed();
  assert.deepEqual([first!.settled, second!.settled], [1, 1]);
});

Deno.test("ReplyQueue.end: nothing is sent or refused any more, but replies are settled", async () => {
  const { queue, sent, refused } = bench();
  const ok = durable(queue, 1);
  const failing = durable(queue, 2, { tellable: false });
  queue.end();
  assert.equal(queue.size, 0);
  await ok.succeed();
  await failing.fail();
  assert.deepEqual([sent, refused], [[], []]);
  assert.deepEqual([ok.settled, failing.settled], [1, 1]);
});

Deno.test("ReplyQueue.untilBelow resolves when answers have left, or there will be none", async () => {
  const { queue } = bench();
  await queue.untilBelow(1);
  const replies = [1, 2, 3].map((id) => durable(queue, id));
  let below = false;
  void queue.untilBelow(2).then(() => below = true);
  await replies[0]!.succeed();
  assert.equal(below, false);
  await replies[1]!.succeed();
  assert.equal(below, true);
  const ended = queue.untilBelow(1);
  queue.end();
  await ended;
});

Deno.test("ReplyQueue counts a write without an answer until it has ended, well or not", async () => {
  const { queue, sent, refused } = bench();
  const [good, bad] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  for (const { promise } of [good, bad]) queue.addUnanswered(new UnansweredWrite(promise));
  queue.add(answer(1));
  assert.deepEqual([queue.size, sent], [3, []]);
  bad.reject(new Error("full"));
  await turn();
  assert.equal(queue.size, 3);
  good.resolve();
  await turn();
  assert.deepEqual([queue.size, sent, refused], [0, [1], []]);
});
