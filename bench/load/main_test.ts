import assert from "#assert";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import type { LoadReport } from "./report.ts";
import { type Script, ScriptedBroker } from "./scripted_broker_fixture.ts";

const GENERATOR = new URL("main.ts", import.meta.url).pathname;
/** Of the messages of a run: early enough to be sent in any case. */
const FAULTY = 5;

const faithful: Script = (publish) => [copy(publish)];

/** The decoder has only lent it, and packet ids of both sides may be the same here. */
function copy(publish: Publish): Publish {
  return { ...publish, payload: publish.payload.slice() };
}

/** Runs the generator in a process of its own: it does not give the event loop back. */
async function run(scenario: string, script: Script) {
  await using broker = new ScriptedBroker(script);
  const flags = ["--port", `${broker.port}`, "--scenario", scenario];
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-ffi", GENERATOR, ...flags],
      ...["--seconds", "0.2", "--warm-up", "0.1", "--lost-after", "0.3"],
    ],
  }).output();
  const text = new TextDecoder().decode(output.stdout);
  const report: LoadReport | undefined = text === "" ? undefined : JSON.parse(text);
  return { code: output.code, report, errors: new TextDecoder().decode(output.stderr) };
}

for (const scenario of ["a", "d1", "e1"]) {
  Deno.test(`the generator measures a broker that keeps everything, scenario ${scenario}`, async () => {
    const { code, report, errors } = await run(scenario, faithful);
    assert.equal(errors, "");
    assert.equal(code, 0);
    assert.ok(report!.deliveredPerSecond > 0);
    assert.equal(report!.delivered, report!.expected);
    assert.ok(report!.latencyUs.p99 >= report!.latencyUs.p50);
  });
}

Deno.test("the generator gives no figure to a broker that loses one message", async () => {
  const { code, report } = await run(
    "p1",
    (publish, n) => n === FAULTY ? [] : faithful(publish, n),
  );
  assert.equal(code, 1);
  assert.match(report!.failure!, /1 of \d+ deliveries lost/);
});

Deno.test("the generator notices a message that comes twice", async () => {
  for (const scenario of ["a", "d1"]) {
    const { code, report } = await run(scenario, (publish, n) => {
      return n === FAULTY ? [copy(publish), copy(publish)] : faithful(publish, n);
    });
    assert.equal(code, 1);
    assert.match(report!.failure!, /1 deliveries repeated or out of order/);
  }
});

Deno.test("the generator accepts a redelivery at QoS 1 that says so", async () => {
  const { code, report } = await run("d1", (publish, n) => {
    return n === FAULTY ? [copy(publish), { ...copy(publish), dup: true }] : faithful(publish, n);
  });
  assert.equal(code, 0);
  assert.equal(report!.redelivered, 1);
});

Deno.test("the generator notices two messages in the wrong order", async () => {
  let held: Publish | undefined;
  const { code, report } = await run("a", (publish, n) => {
    if (n === FAULTY) {
      held = copy(publish);
      return [];
    }
    return n === FAULTY + 1 ? [copy(publish), held!] : faithful(publish, n);
  });
  assert.equal(code, 1);
  assert.match(report!.failure!, /lost|out of order/);
});

Deno.test("the generator notices a message with another size", async () => {
  const { code, report } = await run("a", (publish, n) => {
    const delivery = copy(publish);
    return [n === FAULTY ? { ...delivery, payload: delivery.payload.slice(1) } : delivery];
  });
  assert.equal(code, 1);
  assert.match(report!.failure!, /another size/);
});

Deno.test("the generator says why it could not begin", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-ffi", GENERATOR, "--scenario=a"],
  }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /Unknown flag --scenario=a/);
  const refused = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-ffi", GENERATOR],
      ...["--scenario", "a", "--port", `${port}`],
    ],
  }).output();
  assert.equal(refused.code, 2);
  assert.match(new TextDecoder().decode(refused.stderr), /connect\(\) failed/);
});
