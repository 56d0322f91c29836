/**
 * Durations and sizes as people write them. A plain number is in the base unit: seconds for a
 * duration, bytes for a size.
 */

const MS_PER_UNIT: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES_PER_UNIT: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** `500ms`, `60s`, `1.5h`, `1m30s`, or digits alone. */
export const DURATION_PATTERN = /^(\d+(\.\d+)?|(\d+(\.\d+)?(ms|s|m|h|d))+)$/;

/** `1MiB`, `64 KiB`, `1MB`, or digits alone. */
export const SIZE_PATTERN = /^(\d+|\d+(\.\d+)? ?(B|KB|MB|GB|KiB|MiB|GiB))$/;

/** Milliseconds, or undefined when `value` is no duration. */
export function parseDuration(value: string | number): number | undefined {
  if (typeof value === "number") return exact(value * 1000);
  if (!DURATION_PATTERN.test(value)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)([a-z]*)/g)) {
    ms += Number(amount) * MS_PER_UNIT[unit || "s"]!;
  }
  return exact(ms);
}

/** Bytes, or undefined when `value` is no size. */
export function parseSize(value: string | number): number | undefined {
  if (typeof value === "number") return value;
  if (!SIZE_PATTERN.test(value)) return undefined;
  const [, amount, unit] = /^([\d.]+) ?([A-Za-z]*)$/.exec(value)!;
  return exact(Number(amount) * BYTES_PER_UNIT[unit || "B"]!);
}

/** Removes what the binary fraction of a decimal number adds: 2.3s are 2300 ms, not 2299.999…. */
function exact(amount: number): number {
  const rounded = Math.round(amount);
  return Math.abs(amount - rounded) < 1e-6 ? rounded : amount;
}

/** The shortest exact spelling: `90000` ms is `90s`. */
export function formatDuration(ms: number): string {
  for (const unit of ["d", "h", "m", "s"]) {
    const amount = ms / MS_PER_UNIT[unit]!;
    if (amount >= 1 && Number.isInteger(amount)) return `${amount}${unit}`;
  }
  return ms === 0 ? "0s" : `${ms}ms`;
}

/** The shortest exact spelling: `65536` bytes are `64KiB`. */
export function formatSize(bytes: number): string {
  for (const unit of ["GiB", "MiB", "KiB"]) {
    const amount = bytes / BYTES_PER_UNIT[unit]!;
    if (amount >= 1 && Number.isInteger(amount)) return `${amount}${unit}`;
  }
  return `${bytes}B`;
}
