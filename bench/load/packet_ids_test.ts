import assert from "#assert";
import { PacketIds } from "./packet_ids.ts";

Deno.test("PacketIds hands out as many distinct ids as the window, from 1 on", () => {
  const ids = new PacketIds(3);
  const taken = [ids.take(), ids.take(), ids.take()];
  assert.deepEqual(taken.toSorted(), [1, 2, 3]);
  assert.equal(ids.available, 0);
});

Deno.test("PacketIds releases only what is in use", () => {
  const ids = new PacketIds(2);
  const id = ids.take();
  assert.equal(ids.release(id), true);
  assert.equal(ids.release(id), false);
  assert.equal(ids.release(0), false);
  assert.equal(ids.release(65_535), false);
  assert.equal(ids.available, 2);
});
