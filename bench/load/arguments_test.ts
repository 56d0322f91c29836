import assert from "#assert";
import { parseLoadArguments } from "./arguments.ts";

const NEEDED = ["--port", "21883", "--scenario", "a"];

Deno.test("parseLoadArguments() fills in the defaults", () => {
  const { scenario, ...rest } = parseLoadArguments(NEEDED);
  assert.equal(scenario.name, "a");
  assert.deepEqual(rest, {
    port: 21_883,
    webSocketPath: "/mqtt",
    pid: undefined,
    seconds: 2,
    warmUp: 1,
    lostAfter: 10,
  });
});

Deno.test("parseLoadArguments() takes every flag", () => {
  const flags = ["--ws-path", "/m", "--pid", "17", "--seconds", "0.5", "--warm-up", "0"];
  const { scenario: _, ...rest } = parseLoadArguments([
    ...NEEDED,
    ...flags,
    "--lost-after",
    "0.2",
  ]);
  assert.deepEqual(rest, {
    port: 21_883,
    webSocketPath: "/m",
    pid: 17,
    seconds: 0.5,
    warmUp: 0,
    lostAfter: 0.2,
  });
});

Deno.test("parseLoadArguments() says what is wrong", () => {
  const refused: readonly (readonly [string[], RegExp])[] = [
    [["--port", "1"], /are needed/],
    [["--scenario", "a"], /are needed/],
    [[...NEEDED, "--speed", "1"], /Unknown flag --speed/],
    [[...NEEDED, "--pid"], /--pid needs a value/],
    [[...NEEDED, "--seconds", "soon"], /--seconds must be from/],
    [["--port", "65536", "--scenario", "a"], /--port must be from/],
    [["--port", "1.5", "--scenario", "a"], /--port is not whole/],
    [["--port", "1", "--scenario", "zz"], /No scenario is called "zz"/],
  ];
  for (const [args, message] of refused) assert.throws(() => parseLoadArguments(args), { message });
});
