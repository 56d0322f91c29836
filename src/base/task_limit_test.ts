import assert from "#assert";
import { TaskLimit } from "./task_limit.ts";

/** A task that ends when the test says so. */
function heldTask(started: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const task = () => {
    started.push(name);
    return promise;
  };
  return { task, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

Deno.test("TaskLimit runs so many tasks at a time, in order, whether they fail or not", async () => {
  const limit = new TaskLimit(2);
  const started: string[] = [];
  const tasks = ["a", "b", "c", "d"].map((name) => heldTask(started, name));
  const ends = Promise.allSettled(tasks.map(({ task }) => limit.run(task)));
  assert.deepEqual(started, ["a", "b"], "at once");
  tasks[1]!.fail();
  tasks[3]!.end();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(started, ["a", "b", "c"]);
  tasks[0]!.end();
  tasks[2]!.end();
  assert.deepEqual(
    (await ends).map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled", "fulfilled"],
  );
  assert.equal(await limit.run(() => Promise.resolve("e")), "e", "there is room again");
});

Deno.test("TaskLimit.clear() forgets the tasks that wait", async () => {
  const limit = new TaskLimit(1);
  const started: string[] = [];
  const [first, second] = ["a", "b"].map((name) => heldTask(started, name));
  const running = limit.run(first!.task);
  void limit.run(second!.task);
  limit.clear();
  first!.end();
  await running;
  await limit.run(() => Promise.resolve());
  assert.deepEqual(started, ["a"]);
});
