import assert from "#assert";
import { StreamEnd } from "./stream_end.ts";
import { Collector, turns } from "./transport_conformance.ts";

Deno.test("StreamEnd: tells a receiver once, whenever it is attached", async () => {
  const failure = new Error("gone");
  for (const attachAt of ["before", "in the turn of the end", "after"]) {
    const end = new StreamEnd();
    const receiver = new Collector();
    if (attachAt === "before") end.attach(receiver);
    end.end(failure);
    assert.equal(receiver.closedCalls, 0, "not inside the call of end");
    if (attachAt === "in the turn of the end") end.attach(receiver);
    await end.told;
    if (attachAt === "after") end.attach(receiver);
    assert.equal(await receiver.ended, failure);
    await turns(1);
    assert.equal(receiver.closedCalls, 1, attachAt);
  }
});
