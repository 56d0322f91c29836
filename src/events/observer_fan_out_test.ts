import assert from "#assert";
import type { BrokerObserver } from "./observer.ts";
import { observerFanOut } from "./observer_fan_out.ts";

/** An observer with a state, as classes are. */
class Recorder implements BrokerObserver {
  readonly told: string[] = [];

  sessionEnded(clientId: string, cause: string): void {
    this.told.push(`${clientId} ${cause}`);
  }
}

Deno.test("observerFanOut() tells all in order, with all arguments", () => {
  const order: string[] = [];
  const observer = observerFanOut([
    { authFailed: (...args) => order.push(`first ${args.join(" ")}`) },
    {},
    { authFailed: (...args) => order.push(`second ${args.join(" ")}`) },
  ]);
  observer.authFailed!("c", "memory:1", "no");
  assert.deepEqual(order, ["first c memory:1 no", "second c memory:1 no"]);
});

Deno.test("observerFanOut() keeps what an observer is", () => {
  const recorders = [new Recorder(), new Recorder()];
  observerFanOut(recorders.slice(0, 1)).sessionEnded!("a", "expired");
  observerFanOut(recorders).sessionEnded!("b", "removed");
  assert.deepEqual(recorders.map(({ told }) => told), [["a expired", "b removed"], ["b removed"]]);
});

Deno.test("observerFanOut() has no method that nobody listens to", () => {
  const observer = observerFanOut([new Recorder(), {}]);
  assert.deepEqual(Object.keys(observer), ["sessionEnded"]);
  assert.deepEqual(Object.keys(observerFanOut([])), []);
});
