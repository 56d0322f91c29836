import assert from "#assert";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";

const command: Command = {
  name: "try",
  positional: "[FILE]",
  about: "",
  options: [
    { name: "config", short: "c", value: "FILE", about: "" },
    { name: "set", short: "s", value: "KEY=VALUE", repeats: true, about: "" },
    { name: "help", short: "h", about: "" },
  ],
  run: () => Promise.resolve(0),
};

for (
  const [line, options, positionals] of [
    ["", {}, []],
    ["a.yaml", {}, ["a.yaml"]],
    ["--config a.yaml", { config: ["a.yaml"] }, []],
    ["--config=a.yaml", { config: ["a.yaml"] }, []],
    ["-c a.yaml", { config: ["a.yaml"] }, []],
    ["-ca.yaml", { config: ["a.yaml"] }, []],
    ["--set a=1 b.yaml -s c=2", { set: ["a=1", "c=2"] }, ["b.yaml"]],
    ["--config=-odd", { config: ["-odd"] }, []],
    ["-h", { help: [""] }, []],
    ["-- --config", {}, ["--config"]],
  ] as const
) {
  Deno.test(`parseArguments: tidemq try ${line}`, () => {
    const parsed = parseArguments(command, line.split(" ").filter((arg) => arg !== ""));
    assert.deepEqual(Object.fromEntries(parsed.options), options);
    assert.deepEqual(parsed.positionals, positionals);
  });
}

for (
  const [line, message] of [
    ["--confg a", "unknown option --confg: did you mean --config?"],
    ["--Config a", "unknown option --Config: did you mean --config?"],
    ["--verbose", "unknown option --verbose"],
    ["-x", "unknown option -x"],
    ["-hx", "unknown option -x"],
    ["--config", "--config needs a value: --config FILE"],
    ["--config=", "--config needs a value: --config FILE"],
    ["--config --set a=1", "--config needs a value: --config FILE"],
    ["-s", "-s needs a value: -s KEY=VALUE"],
    ["--config a --config b", "--config is given twice"],
    ["-c a --config b", "--config is given twice"],
    ["--help=yes", "--help takes no value"],
    ["a.yaml b.yaml", "unexpected argument b.yaml"],
  ] as const
) {
  Deno.test(`parseArguments: tidemq try ${line} is refused`, () => {
    assert.throws(() => parseArguments(command, line.split(" ")), { name: "UsageError", message });
  });
}

Deno.test("parseArguments: a command without positional argument takes none", () => {
  const { positional: _, ...none } = command;
  assert.throws(() => parseArguments(none, ["start"]), { message: "unexpected argument start" });
});
