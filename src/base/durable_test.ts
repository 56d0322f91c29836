import assert from "#assert";
import { bothDurable } from "./durable.ts";

Deno.test("bothDurable() of writes that are durable is durable at once", () => {
  assert.equal(bothDurable(undefined, undefined), undefined);
});

Deno.test("bothDurable() waits for the one that is not durable yet", () => {
  const pending = Promise.resolve();
  assert.equal(bothDurable(pending, undefined), pending);
  assert.equal(bothDurable(undefined, pending), pending);
});

Deno.test("bothDurable() resolves with the later of two", async () => {
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let done = false;
  const both = bothDurable(first.promise, second.promise)!.then(() => done = true);
  second.resolve();
  await second.promise;
  assert.equal(done, false);
  first.resolve();
  await both;
});

Deno.test("bothDurable() rejects when either write fails", async () => {
  const failed = Promise.reject(new Error("disk full"));
  await assert.rejects(bothDurable(Promise.resolve(), failed)!, /disk full/);
});
