import assert from "#assert";
import { SeededRandom } from "../../base/random.ts";
import { commit, message } from "../conformance/fixtures.ts";
import { Database } from "./database.ts";
import { openLevelStore } from "./level_store.ts";
import { tables, TestFolder } from "./mend/level_fixture.ts";
import { sealed, unsealed } from "./sealing.ts";
import { storeOptions } from "./store_fixture.ts";

const random = new SeededRandom(3);
const key = random.bytes(20);

for (const length of [0, 1, 7, 8, 300, 64 * 1024 - 4, 64 * 1024 - 3, 200_000]) {
  Deno.test(`unsealed: gives back a value of ${length} bytes`, () => {
    const value = random.bytes(length);
    assert.deepEqual(unsealed(key, sealed(key, value)), value);
  });
}

Deno.test("unsealed: finds any changed bit, a value of another key and one that is cut off", () => {
  const bytes = sealed(key, random.bytes(40)).slice();
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = bytes.slice();
    changed[bit >> 3]! ^= 1 << (bit & 7);
    assert.equal(unsealed(key, changed), undefined, `bit ${bit}`);
  }
  assert.equal(unsealed(random.bytes(20), bytes), undefined);
  for (let length = 0; length < bytes.length; length++) {
    assert.equal(unsealed(key, bytes.subarray(0, length)), undefined);
  }
});

Deno.test("LevelStore: a bit that flipped in a table is never served as data, and readiness says so", async () => {
  await using folder = await TestFolder.make();
  const payload = random.bytes(5_000);
  {
    await using store = await openLevelStore(storeOptions(folder.path));
    await commit(store, (batch) => {
      for (let id = 1; id <= 40; id++) {
        batch.putRetained(message(id, { topic: `t/${id}`, payload }));
      }
    });
  }
  // Opening it again brings what is in the log to a table.
  await (await Database.open(folder.path)).close();
  const [table] = tables(folder.path);
  const bytes = await Deno.readFile(table!);
  // A byte of a payload: Snappy leaves random bytes as they are.
  bytes[findBytes(bytes, payload.subarray(100, 120))]! ^= 4;
  await Deno.writeFile(table!, bytes);
  // It was not looked at when the store was opened, or it flipped later.
  const options = { ...storeOptions(folder.path), checkOnStartBytes: 0 };
  await using store = await openLevelStore(options);
  assert.equal(store.health().writable, true);
  let refused = 0;
  for (let id = 1; id <= 40; id++) {
    try {
      const found = await store.retained.get(`t/${id}`);
      assert.deepEqual(found!.payload, payload);
    } catch (error) {
      assert.match(String(error), /StoreError: stored data is damaged: retained message "t\/\d+"/);
      refused++;
    }
  }
  assert.equal(refused, 1);
  const { writable, detail } = store.health();
  assert.equal(writable, false);
  assert.match(detail, /^stored data is damaged: retained message "t\/\d+"$/);
});

/** Where `part` is in `bytes`. */
function findBytes(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = bytes.indexOf(part[0]!); at !== -1; at = bytes.indexOf(part[0]!, at + 1)) {
    if (part.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return assert.fail("the payload is not in the table as it is");
}
