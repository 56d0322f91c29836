import assert from "#assert";
import { ROOT } from "../support/broker_process.ts";
import { parseArguments } from "./arguments.ts";
import { LISTS } from "./list_reader.ts";

/** A tenth of the size, and a wide tolerance, for a machine that may be slow. */
const ARGUMENTS = ["--scale", "0.1", "--seconds", "3", "--tolerance", "10"];
/** Kept, or no verdict because others had the core. */
const GOOD_CODES = [0, 3];

Deno.test("bench:admin: at a tenth, lists keep within a multiple of the limits", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const [, ...words] = tasks["bench:admin"].split(" ");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...words, ...ARGUMENTS],
    cwd: ROOT,
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(GOOD_CODES.includes(code), text + new TextDecoder().decode(stderr));
  assert.match(text, /^10000 sessions, 100000 subscriptions$/m);
  for (const list of LISTS) assert.ok(text.includes(`  ${list}`), `${list} was not asked for`);
});

Deno.test("parseArguments: defaults, and what is refused", () => {
  assert.deepEqual(parseArguments([]), { scale: 1, seconds: 20, tolerance: 1 });
  assert.deepEqual(parseArguments(["--scale", "0.1", "--seconds", "5"]), {
    scale: 0.1,
    seconds: 5,
    tolerance: 1,
  });
  for (const args of [["--scale"], ["--scale", "2"], ["--seconds", "x"], ["--more", "1"]]) {
    assert.throws(() => parseArguments(args), Error);
  }
});
