import assert from "#assert";
import { MEASUREMENTS } from "./measurements.ts";
import { diskEach, memoryEach, type Result, section } from "./section.ts";

function result(name: string, memory: number, disk: number): Result {
  const measurement = MEASUREMENTS.find((each) => each.name === name)!;
  const { count } = measurement;
  return {
    measurement,
    before: { memory: 1e8, disk: 1e6 },
    after: { memory: 1e8 + memory * count, disk: 1e6 + disk * count },
  };
}

Deno.test("memoryEach() and diskEach() divide the growth by the count", () => {
  assert.equal(memoryEach(result("retained", 650, 120)), 650);
  assert.equal(diskEach(result("retained", 650, 120)), 120);
  assert.equal(diskEach(result("connection", 12_000, 5)), undefined, "is not stored");
});

Deno.test("section() has a row for each result", () => {
  const machine = { kernel: "linux 6", cpu: "a processor", cores: 2, architecture: "x86_64" };
  const conditions = { date: "2026-01-02", machine, version: "1.0", emptyMemory: 9e7 };
  const text = section(conditions, [result("retained", 1650, 120), result("connection", 9000, 0)]);
  assert.match(text, /holds 90 MB/);
  assert.match(text, /\| retained message +\| +100,000 \| +1,650 \| +120 \|/);
  assert.match(text, /\| idle connection, with its session \| +10,000 \| +9,000 \| +\|/);
});
