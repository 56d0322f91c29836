import assert from "#assert";
import fc from "fast-check";
import type { Subscriber } from "./match.ts";
import { client, clientIds, subscription } from "./router_fixture.ts";
import { type MemberRank, SharedGroup } from "./shared_group.ts";

const FILTER = "$share/g/x";
const anybody = () => 2 as const;

function groupOf(...subscribers: Subscriber[]): SharedGroup<Subscriber> {
  const group = new SharedGroup<Subscriber>("g", "x");
  for (const each of subscribers) group.join(each, subscription(FILTER));
  return group;
}

/** The client ids of the next `count` picks. */
function picks(
  group: SharedGroup<Subscriber>,
  count: number,
  rank: (subscriber: Subscriber) => MemberRank = anybody,
): string {
  return Array.from({ length: count }, () => group.pick(rank)?.subscriber.clientId ?? "-").join("");
}

Deno.test("SharedGroup.pick: takes turns", () => {
  assert.equal(picks(groupOf(client("a"), client("b"), client("c")), 7), "abcabca");
});

Deno.test("SharedGroup.pick: is undefined without members, and without any that may", () => {
  assert.equal(groupOf().pick(anybody), undefined);
  assert.equal(groupOf(client("a"), client("b")).pick(() => 0), undefined);
});

Deno.test("SharedGroup.pick: prefers rank 2 and takes turns among them", () => {
  const group = groupOf(client("a"), client("b"), client("c"), client("d"));
  const rank = ({ clientId }: Subscriber) => "bd".includes(clientId) ? 2 : 1;
  assert.equal(picks(group, 5, rank), "bdbdb");
});

Deno.test("SharedGroup.pick: falls back to rank 1, in turns, never to 0", () => {
  const group = groupOf(client("a"), client("b"), client("c"));
  const rank = ({ clientId }: Subscriber) => clientId === "b" ? 0 : 1;
  assert.equal(picks(group, 4, rank), "acac");
});

Deno.test("SharedGroup.pick: asks one member as long as it may be preferred", () => {
  const group = groupOf(client("a"), client("b"), client("c"));
  let asked = 0;
  picks(group, 10, () => {
    asked++;
    return 2;
  });
  assert.equal(asked, 10);
});

Deno.test("SharedGroup.join: puts a newcomer last in the present round", () => {
  const group = groupOf(client("a"), client("b"));
  assert.equal(picks(group, 1), "a");
  group.join(client("n"), subscription(FILTER));
  assert.equal(picks(group, 5), "banba");
});

Deno.test("SharedGroup.leave: nobody loses or doubles a turn", () => {
  for (const leaver of ["a", "b", "c", "d"]) {
    for (let turn = 0; turn < 4; turn++) {
      const members = ["a", "b", "c", "d"].map(client);
      const group = groupOf(...members);
      const before = picks(group, turn);
      group.leave(members.find(({ clientId }) => clientId === leaver)!);
      const rest = ["a", "b", "c", "d"].filter((id) => id !== leaver && !before.includes(id));
      assert.equal(picks(group, rest.length), rest.join(""), `${leaver} leaves after ${before}`);
    }
  }
});

Deno.test("SharedGroup.leave: returns what the member subscribed with, once", () => {
  const a = client("a");
  const group = groupOf(client("b"));
  const joined = subscription(FILTER, { qos: 1 });
  group.join(a, joined);
  assert.equal(group.leave(a), joined);
  assert.equal(group.leave(a), undefined);
  assert.equal(group.memberCount, 1);
});

Deno.test("SharedGroup.join: replaces the same subscriber and keeps the order", () => {
  const [a, b] = [client("a"), client("b")];
  const group = groupOf(a, b, client("c"));
  const again = subscription(FILTER, { qos: 2 });
  assert.notEqual(group.join(b, again), undefined);
  assert.equal(group.memberCount, 3);
  assert.equal(picks(group, 4), "abca");
  assert.equal(group.pick(anybody)?.qos, 2);
});

Deno.test("SharedGroup.join: replaces a sole member", () => {
  const a = client("a");
  const group = groupOf(a);
  group.join(a, subscription(FILTER, { qos: 2 }));
  assert.deepEqual([1, 2].map(() => group.pick(anybody)?.qos), [2, 2]);
  group.leave(a);
  assert.equal(group.pick(anybody), undefined);
});

Deno.test("SharedGroup: knows its names", () => {
  const group = groupOf(client("a"));
  assert.deepEqual([group.shareName, group.matchFilter, group.topicFilter], ["g", "x", FILTER]);
});

Deno.test("SharedGroup: over any joining and leaving, members get turns like a queue", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("join" as const), member: fc.nat(5) }),
    fc.record({ kind: fc.constant("leave" as const), member: fc.nat(5) }),
    fc.record({ kind: fc.constant("pick" as const), ranks: fc.array(fc.nat(2), { minLength: 6 }) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
    const clients = Array.from({ length: 6 }, (_, i) => client(`c${i}`));
    const group = groupOf();
    /** Whose turn it is comes first. */
    const queue: Subscriber[] = [];
    for (const each of steps) {
      if (each.kind === "pick") {
        const rank = (s: Subscriber) => each.ranks[clients.indexOf(s)] as MemberRank;
        const best = Math.max(0, ...queue.map(rank));
        const expected = best === 0 ? undefined : queue.find((s) => rank(s) === best);
        assert.equal(group.pick(rank)?.subscriber, expected);
        if (expected !== undefined) {
          // The turn passes to the one after: those before it have had theirs.
          queue.push(...queue.splice(0, queue.indexOf(expected) + 1));
        }
      } else if (each.kind === "join") {
        const member = clients[each.member]!;
        group.join(member, subscription(FILTER));
        if (!queue.includes(member)) queue.push(member);
      } else {
        const member = clients[each.member]!;
        group.leave(member);
        if (queue.includes(member)) queue.splice(queue.indexOf(member), 1);
      }
      assert.deepEqual(
        clientIds(group.members()),
        clientIds(queue.map((s) => ({ subscriber: s }))),
      );
    }
  }));
});

Deno.test("SharedGroup.peek: says whom pick would take, and passes no turn", () => {
  const group = groupOf(client("a"), client("b"));
  group.pick(anybody);
  assert.equal(group.peek(anybody)?.subscriber.clientId, "b");
  assert.equal(group.peek(anybody)?.subscriber.clientId, "b");
  assert.equal(group.peek(({ clientId }) => clientId === "a" ? 1 : 0)?.subscriber.clientId, "a");
  assert.equal(group.peek(() => 0), undefined);
  assert.equal(picks(group, 2), "ba");
});
