import assert from "#assert";
import { SCENARIOS } from "../load/scenarios.ts";
import { BROKERS, parseCompareArguments } from "./arguments.ts";

Deno.test("parseCompareArguments() measures everything and saves it by default", () => {
  assert.deepEqual(parseCompareArguments([]), {
    scenarios: SCENARIOS,
    brokers: BROKERS,
    rounds: 3,
    seconds: 2,
    warmUp: 1,
    mosquitto: undefined,
    save: true,
  });
});

Deno.test("parseCompareArguments() does not save a part, unless it is told to", () => {
  assert.equal(parseCompareArguments(["--scen", "a"]).save, false);
  assert.equal(parseCompareArguments(["--brokers", "tidemq"]).save, false);
  assert.equal(parseCompareArguments(["--scen", "a", "--save"]).save, true);
});

Deno.test("parseCompareArguments() takes values behind = and behind a space", () => {
  const options = parseCompareArguments(["--scen=p1,a", "--rounds", "5", "--mosquitto=/opt/m"]);
  assert.deepEqual(options.scenarios.map(({ name }) => name), ["p1", "a"]);
  assert.equal(options.rounds, 5);
  assert.equal(options.mosquitto, "/opt/m");
});

Deno.test("parseCompareArguments() keeps the broker that is compared in front", () => {
  assert.deepEqual(parseCompareArguments(["--brokers=aedes,tidemq"]).brokers, ["tidemq", "aedes"]);
});

Deno.test("parseCompareArguments() says what is wrong", () => {
  const refused: readonly (readonly [string[], RegExp])[] = [
    [["--fast"], /Unknown flag --fast/],
    [["--scen"], /--scen needs a value/],
    [["--scen", "a,zz"], /No scenario is called "zz"/],
    [["--brokers", "emq"], /No broker is called "emq"/],
    [["--rounds", "0"], /--rounds must be from 1/],
    [["--rounds", "1.5"], /--rounds must be a whole number/],
    [["--seconds", "x"], /--seconds must be from/],
  ];
  for (const [args, message] of refused) {
    assert.throws(() => parseCompareArguments(args), { message });
  }
});
