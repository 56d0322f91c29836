import * as z from "zod";
import {
  DURATION_PATTERN,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  SIZE_PATTERN,
} from "../units.ts";
import { type Bounds, inRange, rangeText } from "./bounds.ts";
import { describe, type Described, expected, refuse } from "./key.ts";

/** The largest Session Expiry Interval; it means that the session never expires. */
export const NEVER_SECONDS = 0xffff_ffff;

const DURATION_EXAMPLES = "like 500ms, 60s, 5m, 7d or plain seconds";
const SIZE_EXAMPLES = "like 64KiB, 1MiB, 1MB or plain bytes";

type Message = ReturnType<typeof expected>;

/** A duration; becomes milliseconds. */
export function durationMs(key: Described & Bounds & { default: string }) {
  return durationIn(1, key);
}

/** A duration in whole seconds; becomes seconds. */
export function durationSeconds(key: Described & Bounds & { default: string }) {
  return durationIn(1000, key);
}

function durationIn(unitMs: 1 | 1000, key: Described & Bounds & { default: string }) {
  const takes = `a duration${rangeText(key, (amount) => formatDuration(amount * unitMs))}` +
    (unitMs === 1 ? "" : ", in whole seconds");
  const error = expected(`${takes} (${DURATION_EXAMPLES})`);
  const schema = writtenDuration(error).transform((value, context) => {
    const amount = parseDuration(value)! / unitMs;
    if (Number.isInteger(amount) && inRange(amount, key)) return amount;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

/** A Session Expiry Interval: whole seconds, or `never`, which becomes {@linkcode NEVER_SECONDS}. */
export function expirySeconds(key: Described & { default: string }) {
  const takes = "a duration in whole seconds, or `never`";
  const error = expected(`${takes} (${DURATION_EXAMPLES})`);
  const written = z.union([z.literal("never"), writtenDuration(error)], { error });
  const schema = written.transform((value, context) => {
    if (value === "never") return NEVER_SECONDS;
    const seconds = parseDuration(value)! / 1000;
    if (Number.isInteger(seconds) && seconds < NEVER_SECONDS) return seconds;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

/** A size; becomes bytes. */
export function sizeBytes(key: Described & Bounds & { default: string }) {
  const takes = `a size${rangeText(key, formatSize)}`;
  const error = expected(`${takes} (${SIZE_EXAMPLES})`);
  const schema = writtenSize(error).transform((value, context) => {
    const bytes = parseSize(value)!;
    if (Number.isInteger(bytes) && inRange(bytes, key)) return bytes;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

function writtenDuration(error: Message) {
  const text = z.string().regex(DURATION_PATTERN, { error });
  return z.union([text, z.number().min(0, { error })], { error });
}

function writtenSize(error: Message) {
  const text = z.string().regex(SIZE_PATTERN, { error });
  return z.union([text, z.int().min(0, { error })], { error });
}
