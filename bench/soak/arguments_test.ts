import assert from "#assert";
import { parseSoakArguments } from "./arguments.ts";

Deno.test("parseSoakArguments() has defaults and takes values in both forms", () => {
  assert.deepEqual(parseSoakArguments([]), { minutes: 10, rate: undefined, save: false });
  assert.deepEqual(
    parseSoakArguments(["--minutes", "3", "--rate=20000", "--save"]),
    { minutes: 3, rate: 20_000, save: true },
  );
});

Deno.test("parseSoakArguments() refuses what it does not know", () => {
  assert.throws(() => parseSoakArguments(["--hours", "1"]), /Unknown flag --hours/);
  assert.throws(() => parseSoakArguments(["--minutes"]), /--minutes needs a number/);
});
