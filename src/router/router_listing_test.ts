import assert from "#assert";
import type { Subscribed, Subscriber } from "./router.ts";
import { client, routerOf, subscription } from "./router_fixture.ts";

/** As `client topicFilter`, in alphabetical order. */
function listed(all: Iterable<Subscribed<Subscriber>>): string[] {
  return Array.from(
    all,
    ({ subscriber, subscription: { topicFilter } }) => `${subscriber.clientId} ${topicFilter}`,
  ).sort();
}

Deno.test("Router.matching: each subscription on its own, also those of one client and of groups", () => {
  const router = routerOf({
    a: ["x/+", "x/y", "$share/g/x/y"],
    b: ["x/y", "$share/g/x/y", "$share/h/#"],
    c: ["z"],
  });
  assert.deepEqual(listed(router.matching("x/y")), [
    "a $share/g/x/y",
    "a x/+",
    "a x/y",
    "b $share/g/x/y",
    "b $share/h/#",
    "b x/y",
  ]);
  assert.deepEqual(listed(router.matching("q")), ["b $share/h/#"]);
});

Deno.test("Router.with: what has exactly this filter", () => {
  const router = routerOf({
    a: ["x/+", "x/y", "sole"],
    b: ["x/y", "$share/g/x/y"],
    ...Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`n${n}`, ["many"]])),
  });
  assert.deepEqual(listed(router.with("x/y")), ["a x/y", "b x/y"]);
  assert.deepEqual(listed(router.with("sole")), ["a sole"]);
  assert.deepEqual(listed(router.with("$share/g/x/y")), ["b $share/g/x/y"]);
  assert.equal(listed(router.with("many")).length, 40);
  for (const none of ["nobody", "$share/h/x/y", "$share/g", "a/#/b"]) {
    assert.deepEqual(listed(router.with(none)), []);
  }
});

Deno.test("Router.sharedGroups: those that have members", () => {
  const router = routerOf({ a: ["$share/g/x"] });
  const b = client("b");
  router.subscribe(b, subscription("$share/g/x"));
  router.subscribe(b, subscription("$share/h/x"));
  assert.deepEqual([...router.sharedGroups.keys()], ["$share/g/x", "$share/h/x"]);
  assert.equal(router.sharedGroups.get("$share/g/x")!.memberCount, 2);
  router.unsubscribe(b, "$share/h/x");
  assert.deepEqual([...router.sharedGroups.keys()], ["$share/g/x"]);
});
