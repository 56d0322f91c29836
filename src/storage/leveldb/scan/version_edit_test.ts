import assert from "#assert";
import { FormatError } from "./bytes.ts";
import { encodeVersion, type Version, VersionBuilder } from "./version_edit.ts";

const key = (name: string) => new TextEncoder().encode(`${name}12345678`);
const version: Version = {
  logNumber: 7,
  previousLogNumber: 0,
  nextFileNumber: 300,
  lastSequence: 2 ** 40 + 1,
  tables: new Map([
    [5, { level: 0, number: 5, size: 2_000_000, smallest: key("a"), largest: key("m") }],
    [6, { level: 2, number: 6, size: 70, smallest: key("b"), largest: key("b") }],
  ]),
};

Deno.test("VersionBuilder: reads what encodeVersion wrote", () => {
  const builder = new VersionBuilder();
  builder.apply(encodeVersion(version));
  assert.deepEqual(builder.version(), version);
});

Deno.test("VersionBuilder: later records change what earlier ones said", () => {
  const builder = new VersionBuilder();
  builder.apply(encodeVersion(version));
  builder.apply(Uint8Array.of(2, 9, 6, 0, 5, 5, 1, 2, 97, 98));
  assert.equal(builder.version()!.logNumber, 9);
  assert.deepEqual([...builder.version()!.tables.keys()], [6]);
});

Deno.test("VersionBuilder: there is no version before all numbers are known", () => {
  const builder = new VersionBuilder();
  assert.equal(builder.version(), undefined);
  builder.apply(Uint8Array.of(2, 1, 3, 2));
  assert.equal(builder.version(), undefined);
  builder.apply(Uint8Array.of(4, 0));
  assert.deepEqual(builder.version(), {
    logNumber: 1,
    previousLogNumber: 0,
    nextFileNumber: 2,
    lastSequence: 0,
    tables: new Map(),
  });
});

for (
  const [name, record] of [
    ["an unknown field", [8, 1]],
    ["a level that does not exist", [6, 7, 1]],
    ["another order of keys", [1, 3, 97, 98, 99]],
    ["a number that is cut off", [2, 0x80]],
    ["a key that is cut off", [7, 0, 1, 1, 9, 97]],
  ] as const
) {
  Deno.test(`VersionBuilder: ${name} is refused`, () => {
    assert.throws(() => new VersionBuilder().apply(Uint8Array.from(record)), FormatError);
  });
}
