import assert from "#assert";
import { Alarms } from "./alarms.ts";

function alarmsOver(state: { ready: boolean; detail: string }, storageDamage: string[] = []) {
  const told: string[] = [];
  const alarms = new Alarms({
    readiness: () => ({ ready: state.ready, details: { store: state.detail } }),
    storageDamage,
    publish: (type, { id, active, message }) => told.push(`${type} ${id} ${active} ${message}`),
  });
  return { alarms, told };
}

Deno.test("Alarms: not ready is told when it begins, changes and ends, and once only", () => {
  const state = { ready: true, detail: "ok" };
  const { alarms, told } = alarmsOver(state);
  assert.deepEqual(alarms.look(), []);
  state.ready = false;
  state.detail = "no space left";
  const raised = { id: "not_ready", severity: "critical", message: "store: no space left" };
  assert.deepEqual(alarms.look(), [raised]);
  assert.deepEqual(alarms.look(), [raised]);
  state.detail = "read only";
  alarms.look();
  state.ready = true;
  assert.deepEqual(alarms.look(), []);
  alarms.look();
  assert.deepEqual(told, [
    "alarm not_ready true store: no space left",
    "alarm not_ready true store: read only",
    "alarm not_ready false store: read only",
  ]);
});

Deno.test("Alarms: a difference of the books stands until somebody knows better", () => {
  const { alarms, told } = alarmsOver({ ready: true, detail: "ok" });
  const ids = (difference?: number) => alarms.look(difference).map(({ id }) => id);
  assert.deepEqual([ids(), ids(-2), ids(), ids(0), ids()], [
    [],
    ["accounting_difference"],
    ["accounting_difference"],
    [],
    [],
  ]);
  const text = "the books differ by -2: this is a bug";
  assert.deepEqual(told, [
    `alarm accounting_difference true ${text}`,
    `alarm accounting_difference false ${text}`,
  ]);
});

Deno.test("Alarms: what the storage has lost stays, beside others", () => {
  const { alarms } = alarmsOver({ ready: false, detail: "full" }, ["a table", "another"]);
  assert.deepEqual(alarms.look().map(({ message }) => message), [
    "store: full",
    "a table; another",
  ]);
});
