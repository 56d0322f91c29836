import assert from "#assert";
import fc from "fast-check";
import { formatDuration, formatSize, parseDuration, parseSize } from "./units.ts";

for (
  const [value, ms] of [
    ["500ms", 500],
    ["60s", 60_000],
    ["5m", 300_000],
    ["12h", 43_200_000],
    ["7d", 604_800_000],
    ["1.5h", 5_400_000],
    ["1m30s", 90_000],
    ["90", 90_000],
    ["0", 0],
    [90, 90_000],
    [0.5, 500],
    ["", undefined],
    ["60 s", undefined],
    ["60sec", undefined],
    ["-1s", undefined],
    ["1S", undefined],
    ["s", undefined],
    ["1m30", undefined],
    ["1.s", undefined],
    ["1e3", undefined],
  ] as const
) {
  Deno.test(`parseDuration: ${JSON.stringify(value)} is ${ms === undefined ? "refused" : `${ms} ms`}`, () => {
    assert.equal(parseDuration(value), ms);
  });
}

for (
  const [value, bytes] of [
    ["1MiB", 1_048_576],
    ["64KiB", 65_536],
    ["2GiB", 2_147_483_648],
    ["1MB", 1_000_000],
    ["1KB", 1000],
    ["1GB", 1_000_000_000],
    ["64 KiB", 65_536],
    ["1.5KiB", 1536],
    ["100B", 100],
    ["4096", 4096],
    [4096, 4096],
    ["1M", undefined],
    ["1mb", undefined],
    ["1kib", undefined],
    ["", undefined],
    ["-1MiB", undefined],
    ["1  MiB", undefined],
    ["1.5", undefined],
  ] as const
) {
  Deno.test(`parseSize: ${JSON.stringify(value)} is ${bytes === undefined ? "refused" : `${bytes} bytes`}`, () => {
    assert.equal(parseSize(value), bytes);
  });
}

Deno.test("formatDuration: is read back as the same duration", () => {
  fc.assert(fc.property(fc.nat(), (ms) => parseDuration(formatDuration(ms)) === ms));
  assert.equal(formatDuration(90_000), "90s");
  assert.equal(formatDuration(86_400_000), "1d");
});

Deno.test("formatSize: is read back as the same size", () => {
  fc.assert(fc.property(fc.nat(), (bytes) => parseSize(formatSize(bytes)) === bytes));
  assert.equal(formatSize(65_536), "64KiB");
});

Deno.test("parseDuration: a decimal number of seconds is exact to the millisecond", () => {
  for (let ms = 0; ms < 20_000; ms++) {
    assert.equal(parseDuration(`${(ms / 1000).toFixed(3)}s`), ms);
    assert.equal(parseDuration(ms / 1000), ms);
  }
});
