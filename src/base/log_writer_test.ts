import assert from "#assert";
import fc from "fast-check";
import { FakeClock } from "./fake_clock.ts";
import { LOG_LEVELS, type LogFields, type LogLevel } from "./log.ts";
import { LOG_VALUE_LENGTH_MAX, LogWriter } from "./log_writer.ts";

function writer(format: "text" | "json", level: LogLevel = "debug") {
  const entries: string[] = [];
  const write = (entry: string) => void entries.push(entry);
  const clock = new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  return { log: new LogWriter({ level, format, clock, write }), entries, clock };
}

function textOf(text: string, fields?: LogFields): string {
  const { log, entries } = writer("text");
  log.info(text, fields);
  return entries[0]!;
}

function jsonOf(text: string, fields?: LogFields): string {
  const { log, entries } = writer("json");
  log.warn(text, fields);
  return entries[0]!;
}

Deno.test("LogWriter: text is time, level, text and fields in one line", () => {
  assert.equal(
    textOf("client connected", {
      clientId: "a-1",
      keepAlive: 60,
      clean: true,
      username: undefined,
    }),
    "2026-01-02T03:04:05.678Z INFO  client connected clientId=a-1 keepAlive=60 clean=true\n",
  );
});

Deno.test("LogWriter: json is one object in one line", () => {
  const entry = jsonOf("client connected", { clientId: "a-1", keepAlive: 60, username: undefined });
  assert.equal(
    entry,
    '{"time":"2026-01-02T03:04:05.678Z","level":"warn","text":"client connected",' +
      '"clientId":"a-1","keepAlive":60}\n',
  );
});

Deno.test("LogWriter: the time is the clock's at the moment of the entry", async () => {
  const { log, entries, clock } = writer("text");
  await clock.advance(1000);
  log.info("later");
  assert.match(entries[0]!, /^2026-01-02T03:04:06.678Z /);
});

for (const [index, level] of LOG_LEVELS.entries()) {
  Deno.test(`LogWriter: at level ${level} it writes that level and what is graver`, () => {
    const { log, entries } = writer("json", level);
    for (const each of LOG_LEVELS) log[each]("x");
    const written = LOG_LEVELS.slice(index);
    assert.deepEqual(entries.map((entry) => JSON.parse(entry).level), written);
    assert.deepEqual(LOG_LEVELS.filter((each) => log.enabled(each)), written);
  });
}

for (
  const [value, written] of [
    ["a b", '"a b"'],
    ["", '""'],
    ['say "hi"', '"say \\"hi\\""'],
    ["a=b", '"a=b"'],
    ["back\\slash", '"back\\\\slash"'],
    ["line\nend", '"line\\nend"'],
    ["\x1b[31mred", "\\u001b[31mred"],
    ["x\u2028y z", '"x\\u2028y z"'],
    ["\u202eevil", "\\u202eevil"],
    ["topic/+/#", "topic/+/#"],
  ] as const
) {
  Deno.test(`LogWriter: text writes the value ${JSON.stringify(value)} as ${written}`, () => {
    assert.match(textOf("t", { value }), new RegExp(` value=${RegExp.escape(written)}\n$`));
  });
}

Deno.test("LogWriter: whatever a client chooses, an entry stays one line of printable text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => {
    for (const entry of [textOf(value, { value }), jsonOf(value, { value })]) {
      assert.equal(entry.indexOf("\n"), entry.length - 1);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(entry.slice(0, -1), /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
    }
    assert.equal(JSON.parse(jsonOf(value, { value })).value.length, value.length);
  }));
});

Deno.test("LogWriter: json gives back the value exactly, unprintable characters too", () => {
  const value = 'a"\\\n\x7f\x9b\u2028\u202e\ufeffz';
  const entry = jsonOf("t", { value });
  assert.equal(JSON.parse(entry).value, value);
  assert.equal(entry.indexOf("\x9b"), -1);
  assert.equal(entry.indexOf("\u202e"), -1);
});

Deno.test("LogWriter: a field cannot replace the time, level or text of an entry", () => {
  const entry = JSON.parse(jsonOf("real", { text: "forged", level: "debug", time: "never" }));
  assert.equal(entry.text, "real");
  assert.equal(entry.level, "warn");
  assert.deepEqual([entry.text_, entry.level_, entry.time_], ["forged", "debug", "never"]);
});

Deno.test("LogWriter: long values are cut and say how long they were", () => {
  const value = "x".repeat(100_000);
  const cut = JSON.parse(jsonOf("t", { value })).value;
  assert.equal(cut, `${"x".repeat(LOG_VALUE_LENGTH_MAX)}… (100000 characters)`);
  assert.ok(textOf(value, { value }).length < 3 * LOG_VALUE_LENGTH_MAX);
});

Deno.test("LogWriter: text shows a stack on indented lines, which cannot pass for entries", () => {
  const stack = "Error: bad\n2026-01-01T00:00:00.000Z INFO  forged\n    at f (a.ts:1:2)\x1b[2J";
  assert.equal(
    textOf("bug", { stack, code: 1 }),
    "2026-01-02T03:04:05.678Z INFO  bug code=1\n" +
      "    Error: bad\n" +
      "    2026-01-01T00:00:00.000Z INFO  forged\n" +
      "    at f (a.ts:1:2)\\u001b[2J\n",
  );
});

Deno.test("LogWriter: json keeps a stack in its field", () => {
  assert.equal(JSON.parse(jsonOf("bug", { stack: "a\nb" })).stack, "a\nb");
});
