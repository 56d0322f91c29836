import assert from "#assert";
import { cpuSeconds, Meters, ranSeconds, waitedSeconds } from "./meters.ts";

Deno.test("cpuSeconds() adds user and system time, whatever the program is called", () => {
  const fields = "S 1 2 3 4 5 6 7 8 9 10 250 50 13 14";
  assert.equal(cpuSeconds(`17 (deno) ${fields}`), 3);
  assert.equal(cpuSeconds(`17 (a) b (c) ${fields}`), 3);
});

Deno.test("waitedSeconds() takes the second field, and 0 where nothing counts it", () => {
  assert.equal(waitedSeconds("9000000000 1500000000 42\n"), 1.5);
  assert.equal(waitedSeconds(undefined), 0);
});

Deno.test("ranSeconds() takes the first field, and 0 where nothing counts it", () => {
  assert.equal(ranSeconds("9000000000 1500000000 42\n"), 9);
  assert.equal(ranSeconds(undefined), 0);
});

Deno.test("Meters read a process", () => {
  const meters = new Meters(Deno.pid);
  const { brokerCpu, loadCpu } = meters.read();
  assert.ok(brokerCpu > 0);
  assert.ok(Math.abs(brokerCpu - loadCpu) < 1);
  assert.ok(meters.residentBytes() > 1e6);
});

Deno.test("Meters know nothing without a process, and say when there is none", () => {
  const unknown = new Meters(undefined);
  assert.equal(unknown.read().brokerCpu, 0);
  assert.equal(unknown.residentBytes(), 0);
  assert.throws(() => new Meters(2 ** 30).read(), /there is no process/);
});
