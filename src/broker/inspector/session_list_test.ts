import assert from "#assert";
import { FakeClock } from "../../base/fake_clock.ts";
import { SortedKeys } from "../../base/sorted_keys.ts";
import { Session } from "../../session/session.ts";
import type { Connection } from "../connection.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { FROZEN_AGE_MS_MAX } from "./frozen_lists.ts";
import { PositionLostError } from "./page.ts";
import { RowGate, ROWS_PER_SLICE } from "./row_gate.ts";
import { NEAR_IDS_MAX, SessionList, type SessionPosition } from "./session_list.ts";
import type { SessionFilter, SessionOrder } from "./session_query.ts";
import { nextTurn, TEST_LIMITS } from "../../../tests/support/test_broker.ts";

/** A broker of nothing but sessions. */
class Population implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly #sessions = new Map<string, ClientSession>();
  readonly #ids = new SortedKeys();

  add(clientId: string, change: (session: ClientSession) => void = () => {}): ClientSession {
    const session: ClientSession = new Session<Connection>({
      clientId,
      epoch: 1,
      durable: true,
      queueLimits: { messagesMax: 10, bytesMax: 10_000 },
    });
    change(session);
    this.#sessions.set(clientId, session);
    this.#ids.add(clientId);
    return session;
  }

  end(clientId: string): void {
    this.#sessions.delete(clientId);
    this.#ids.delete(clientId);
  }

  /** The gate asks once more, in the next turn. */
  async [Symbol.asyncDispose](): Promise<void> {
    while (this.clock.pending > 0) await nextTurn();
  }

  list(): SessionList {
    const sessions = this.#sessions;
    const clientIds = this.#ids;
    const context = {
      clock: this.clock,
      limits: TEST_LIMITS,
      wills: { delayOf: () => undefined },
      sessions: {
        clientIds,
        get: (clientId: string) => sessions.get(clientId),
        all: () => sessions.values(),
        get size() {
          return sessions.size;
        },
        expiryDue: () => undefined,
      },
    } as unknown as BrokerContext;
    return new SessionList(context, new RowGate(this.clock));
  }
}

function connection(remoteAddress: string): Connection {
  return {
    transport: { remoteAddress },
    connect: undefined,
    messagesReceived: 0,
    bytesReceived: 0,
    output: { pending: 0, messagesSent: 0, bytesSent: 0, congestion: { state: "clear" } },
  } as unknown as Connection;
}

/** The client ids of each page. */
async function pages(
  list: SessionList,
  limit: number,
  filter: SessionFilter = {},
  order?: SessionOrder,
): Promise<string[][]> {
  const found: string[][] = [];
  let after: SessionPosition | undefined;
  do {
    const { items, next } = await list.page(filter, { limit, after }, order);
    found.push(items.map(({ clientId }) => clientId));
    after = next;
  } while (after !== undefined);
  return found;
}

Deno.test("SessionList pages by client id, both ways", async () => {
  await using population = new Population();
  for (const id of ["c", "a", "e", "b", "d"]) population.add(id);
  const list = population.list();
  assert.deepEqual(await pages(list, 2), [["a", "b"], ["c", "d"], ["e"]]);
  assert.deepEqual(await pages(list, 5), [["a", "b", "c", "d", "e"]]);
  const order: SessionOrder = { column: "clientId", descending: true };
  assert.deepEqual(await pages(list, 3, {}, order), [["e", "d", "c"], ["b", "a"]]);
});

Deno.test("SessionList: a position outlives sessions that come and go", async () => {
  await using population = new Population();
  for (const id of ["a", "b", "c", "d"]) population.add(id);
  const list = population.list();
  const first = await list.page({}, { limit: 2 });
  population.end("b");
  population.add("aa");
  population.add("bb");
  const second = await list.page({}, { limit: 2, after: first.next });
  assert.deepEqual(second.items.map(({ clientId }) => clientId), ["bb", "c"]);
});

const FILTERS: readonly [string, SessionFilter, string[]][] = [
  ["none", {}, ["Pump-1", "away", "pump-2"]],
  ["connected", { state: "connected" }, ["Pump-1", "pump-2"]],
  ["disconnected", { state: "disconnected" }, ["away"]],
  ["q, client id in any case", { q: "PUMP" }, ["Pump-1", "pump-2"]],
  ["q, username", { q: "lice" }, ["away"]],
  ["q, address", { q: "0.0.7" }, ["Pump-1"]],
  ["q, nobody", { q: "zzz" }, []],
  ["q, empty", { q: "" }, ["Pump-1", "away", "pump-2"]],
  ["username", { username: "alice" }, ["away"]],
  ["username, a part only", { username: "ali" }, []],
  ["ip", { ip: "10.0.0.7" }, ["Pump-1"]],
  ["ip, of the other family", { ip: "::1" }, ["pump-2"]],
  ["protocol", { protocolVersion: 4 }, ["away"]],
  ["durable", { durable: false }, []],
  ["queued at least", { queuedMin: 1 }, ["away"]],
  ["queued at most", { queuedMax: 0 }, ["Pump-1", "pump-2"]],
  ["dropped", { droppedMin: 2 }, ["pump-2"]],
  ["memory", { memoryMin: 100_000 }, ["Pump-1"]],
  ["both must hold", { state: "connected", droppedMin: 1 }, ["pump-2"]],
];

for (const [name, filter, expected] of FILTERS) {
  Deno.test(`SessionList filters: ${name}`, async () => {
    await using population = new Population();
    population.add("Pump-1", (session) => {
      session.connection = connection("10.0.0.7:5000");
      const subscription = { topicFilter: "" } as never;
      for (let n = 0; n < 300; n++) session.subscriptions.set(`f/${n}`, subscription);
    });
    population.add("pump-2", (session) => {
      session.connection = connection("[::1]:5001");
      session.countDrop("queue_full");
      session.countDrop("slow_receiver");
    });
    population.add("away", (session) => {
      session.username = "alice";
      session.protocolVersion = 4;
      session.queue.restore(3, 300);
    });
    const list = population.list();
    const { items, total } = await list.page(filter, { limit: 10, count: true });
    assert.deepEqual(items.map(({ clientId }) => clientId), expected);
    assert.deepEqual(total, { value: expected.length, relation: "eq" });
  });
}

Deno.test("SessionList sorted by a figure keeps the order of the first page", async () => {
  await using population = new Population();
  const depths = { a: 5, b: 9, c: 5, d: 1, e: 7 };
  for (const [id, depth] of Object.entries(depths)) {
    population.add(id, ({ queue }) => queue.restore(depth, depth));
  }
  const list = population.list();
  const order: SessionOrder = { column: "queued", descending: true };
  const first = await list.page({}, { limit: 2, count: true }, order);
  assert.deepEqual(first.items.map(({ clientId, queued }) => [clientId, queued]), [
    ["b", 9],
    ["e", 7],
  ]);
  assert.deepEqual(first.total, { value: 5, relation: "eq" });
  population.add("f", ({ queue }) => queue.restore(8, 8));
  population.end("a");
  population.add("c", ({ queue }) => queue.restore(99, 99));
  const second = await list.page({}, { limit: 2, after: first.next }, order);
  assert.deepEqual(second.items.map(({ clientId, queued }) => [clientId, queued]), [["c", 99]]);
  const third = await list.page({}, { limit: 2, after: second.next }, order);
  assert.deepEqual(third.items.map(({ clientId }) => clientId), ["d"]);
  assert.equal(third.next, undefined);
});

Deno.test("SessionList: ascending, equals by client id", async () => {
  await using population = new Population();
  for (const [id, depth] of Object.entries({ x: 2, b: 1, a: 2, c: 0 })) {
    population.add(id, ({ queue }) => queue.restore(depth, depth));
  }
  const order: SessionOrder = { column: "queued", descending: false };
  assert.deepEqual(await pages(population.list(), 3, {}, order), [["c", "b", "a"], ["x"]]);
});

Deno.test("SessionList: a sorted list is lost when its age is over", async () => {
  await using population = new Population();
  for (const id of ["a", "b"]) population.add(id);
  const list = population.list();
  const order: SessionOrder = { column: "dropped", descending: true };
  const { next } = await list.page({}, { limit: 1 }, order);
  await population.clock.advance(FROZEN_AGE_MS_MAX + 1);
  await assert.rejects(() => list.page({}, { limit: 1, after: next }, order), PositionLostError);
});

Deno.test("SessionList gives way while it looks at many, and finds them all", async () => {
  await using population = new Population();
  const count = ROWS_PER_SLICE * 5 + 7;
  for (let n = 0; n < count; n++) {
    population.add(`c${n}`, ({ queue }) => queue.restore(n * 7 % count, 0));
  }
  const list = population.list();
  for (
    const search of [
      () => list.page({ q: "c10006" }, { limit: 10, count: true }),
      () => list.page({}, { limit: 10, count: true }, { column: "queued", descending: true }),
    ]
  ) {
    let turns = 0;
    let done = false;
    const result = search().finally(() => done = true);
    while (!done) {
      turns++;
      await nextTurn();
    }
    assert.ok(turns >= 5, `${turns} turns`);
    const { items, total } = await result;
    assert.equal(total!.value, items.length === 1 ? 1 : count);
    if (items.length > 1) {
      const depths = Array.from({ length: 10 }, (_, at) => count - 1 - at);
      assert.deepEqual(items.map(({ queued }) => queued), depths);
    }
  }
});

Deno.test("SessionList finds what is far behind the position", async () => {
  await using population = new Population();
  for (let n = 0; n < NEAR_IDS_MAX * 2; n++) population.add(`c${n}`);
  for (const id of ["z2", "a1", "z1", "z3"]) population.add(id);
  const list = population.list();
  assert.deepEqual(await pages(list, 2, { q: "z" }), [["z1", "z2"], ["z3"]]);
  assert.deepEqual(await pages(list, 2, { q: "a" }), [["a1"]]);
  const order: SessionOrder = { column: "clientId", descending: true };
  assert.deepEqual(await pages(list, 1, { q: "A" }, order), [["a1"]]);
});

Deno.test("SessionList pages what a filter selects, both ways", async () => {
  await using population = new Population();
  for (const id of ["c1", "a1", "x", "b1", "d1"]) population.add(id);
  const list = population.list();
  assert.deepEqual(await pages(list, 2, { q: "1" }), [["a1", "b1"], ["c1", "d1"]]);
  const order: SessionOrder = { column: "clientId", descending: true };
  assert.deepEqual(await pages(list, 3, { q: "1" }, order), [["d1", "c1", "b1"], ["a1"]]);
});
