/**
 * The kinds of value that a configuration key can have. Each function makes the zod schema of one
 * key: what it accepts, what it becomes (its unit is in the name), its default, and what the
 * documentation says of it.
 */
import * as z from "zod";
import type { ProtocolVersion, QoS } from "../mqtt/packet.ts";
import { ADDRESS_PATTERN, type ListenAddress, parseListenAddress } from "./address.ts";
import { closest } from "./suggest.ts";
import {
  DURATION_PATTERN,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  SIZE_PATTERN,
} from "./units.ts";

/** The largest Session Expiry Interval; it means that the session never expires. */
export const NEVER_SECONDS = 0xffff_ffff;

/** What the documentation says of one key. */
export interface KeyInfo {
  /** What the key does: whole sentences in Markdown. */
  readonly about: string;
  /** The values it takes, in words. */
  readonly takes: string;
  /** The default as written in YAML; with `leftOut`, an example. */
  readonly written: string;
  /** What leaving the key out means, for a key that has no default value. */
  readonly leftOut?: string;
  /** True when every value is text, so that an environment variable needs no YAML quoting. */
  readonly plainText: boolean;
}

/** What is known of each key's schema. */
export const keyInfo: z.core.$ZodRegistry<KeyInfo> = z.registry<KeyInfo>();

interface Described {
  readonly about: string;
}

/** A key without a default value. */
interface Optional {
  /** What leaving it out means. */
  readonly leftOut: string;
  /** A value, for the documentation. */
  readonly example: string;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  /** What 0 means, for a key where it is allowed though it is below `min`. */
  readonly zero?: string;
}

/** A key that is `true` or `false`. */
export function toggle(key: Described & { default: boolean }) {
  const schema = z.boolean({ error: expected("true or false") }).default(key.default);
  return describe(schema, key, "`true` or `false`", String(key.default));
}

/** A key that is `true`, `false`, or left to the broker. */
export function optionalToggle(key: Described & Optional) {
  const schema = z.boolean({ error: expected("true or false") }).optional();
  return describe(schema, key, "`true` or `false`", key.example, { leftOut: key.leftOut });
}

/** One of a few words. */
export function choice<const Word extends string>(
  key: Described & {
    words: readonly [Word, ...Word[]];
    default: NoInfer<Word>;
    /** What to say of words that are known but not accepted. */
    refused?: Readonly<Record<string, string>>;
  },
) {
  const takes = key.words.map((word) => `\`${word}\``).join(", ");
  const error = ({ input }: { input?: unknown }) => {
    const refusal = typeof input === "string" ? key.refused?.[input] : undefined;
    if (refusal !== undefined) return refusal;
    const meant = typeof input === "string" ? closest(input, key.words) : undefined;
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    return expected(listWords(key.words))({ input }) + hint;
  };
  const schema = z.enum(key.words, { error }).default(key.default as z.util.NoUndefined<Word>);
  return describe(schema, key, takes, key.default, { plainText: true });
}

/** A whole number. */
export function wholeNumber(key: Described & Bounds & { default: number }) {
  const range = rangeText(key, String);
  const error = expected(`a whole number${range}`);
  const schema = z.int({ error }).min(key.zero === undefined ? key.min : 0, { error })
    .max(key.max, { error }).refine((value) => inRange(value, key), { error })
    .default(key.default);
  return describe(schema, key, `a whole number${range}`, String(key.default));
}

/** The highest QoS of something. */
export function qos(key: Described & { default: QoS }) {
  const schema = z.literal([0, 1, 2], { error: expected("0, 1 or 2") }).default(key.default);
  return describe(schema, key, "`0`, `1` or `2`", String(key.default));
}

/** A duration; becomes milliseconds. */
export function durationMs(key: Described & Bounds & { default: string }) {
  return durationIn(1, key);
}

/** A duration in whole seconds; becomes seconds. */
export function durationSeconds(
  key: Described & Bounds & { default: string },
) {
  return durationIn(1000, key);
}

/** A Session Expiry Interval: whole seconds, or `never`, which becomes {@linkcode NEVER_SECONDS}. */
export function expirySeconds(key: Described & { default: string }) {
  const takes = "whole seconds as a duration, or `never`";
  const error = expected(`${takes} (${DURATION_EXAMPLES})`);
  const written = z.union([
    z.literal("never"),
    z.string().regex(DURATION_PATTERN, { error }),
    z.int().min(0),
  ], {
    error,
  });
  const schema = written.transform((value, context) => {
    if (value === "never") return NEVER_SECONDS;
    const seconds = parseDuration(value)! / 1000;
    if (Number.isInteger(seconds) && seconds < NEVER_SECONDS) return seconds;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

const DURATION_EXAMPLES = "like 500ms, 60s, 5m, 7d or plain seconds";
const SIZE_EXAMPLES = "like 64KiB, 1MiB, 1MB or plain bytes";

function durationIn(unitMs: 1 | 1000, key: Described & Bounds & { default: string }) {
  const takes = `a duration${rangeText(key, (amount) => formatDuration(amount * unitMs))}` +
    (unitMs === 1000 ? ", in whole seconds" : "");
  const error = expected(`${takes} (${DURATION_EXAMPLES})`);
  const written = z.union([z.string().regex(DURATION_PATTERN, { error }), z.number().min(0)], {
    error,
  });
  const schema = written.transform((value, context) => {
    const amount = parseDuration(value)! / unitMs;
    if (Number.isInteger(amount) && inRange(amount, key)) return amount;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

/** A size; becomes bytes. */
export function sizeBytes(key: Described & Bounds & { default: string }) {
  const takes = `a size${rangeText(key, formatSize)}`;
  const error = expected(`${takes} (${SIZE_EXAMPLES})`);
  const written = z.union([z.string().regex(SIZE_PATTERN, { error }), z.int().min(0)], { error });
  const schema = written.transform((value, context) => {
    const bytes = parseSize(value)!;
    if (Number.isInteger(bytes) && inRange(bytes, key)) return bytes;
    return refuse(context, error({ input: value }));
  }).prefault(key.default);
  return describe(schema, key, takes, key.default);
}

/** Where a listener binds. */
export function listenAddress(key: Described & { default: string }) {
  const schema = writtenAddress().prefault(key.default);
  return describe(schema, key, ADDRESS_TAKES, key.default, { plainText: true });
}

/** Where a listener binds, or left out. */
export function optionalListenAddress(key: Described & Optional) {
  const schema = writtenAddress().optional();
  const more = { leftOut: key.leftOut, plainText: true };
  return describe(schema, key, ADDRESS_TAKES, key.example, more);
}

const ADDRESS_TAKES = "an address: `host:port`, `[ipv6]:port`, or `:port` for all interfaces";

function writtenAddress() {
  const error = expected("an address like 127.0.0.1:1883, [::1]:1883 or :1883");
  return z.string({ error }).regex(ADDRESS_PATTERN, { error })
    .transform((text, context): ListenAddress =>
      parseListenAddress(text) ?? refuse(context, error({ input: text }))
    );
}

/** The path of a URL. */
export function urlPath(key: Described & { default: string; reserved: readonly string[] }) {
  const error = expected("a path like /mqtt (no spaces, ? or #)");
  const schema = z.string({ error }).regex(/^\/[\w.~/-]*$/, { error })
    .refine((path) => !key.reserved.includes(path), {
      error: ({ input }) => `${input} serves something else: choose another path`,
    }).default(key.default);
  return describe(schema, key, "a path that begins with `/`", key.default, { plainText: true });
}

const PROTOCOL_VERSIONS: ReadonlyMap<unknown, ProtocolVersion> = new Map<unknown, ProtocolVersion>([
  ["3.1", 3],
  ["3.1.1", 4],
  ["5.0", 5],
  // What YAML makes of the same words without quotes.
  [3.1, 3],
  [5, 5],
]);

/** A list of MQTT versions; becomes protocol levels (3, 4, 5). */
export function protocolVersions(key: Described & { default: readonly ["3.1", "3.1.1", "5.0"] }) {
  const takes = 'a list of "3.1", "3.1.1", "5.0"';
  const level: Record<string, string> = { "3": "3.1", "4": "3.1.1" };
  const version = z.literal(["3.1", "3.1.1", "5.0", 3.1, 5], {
    error: ({ input }) => {
      const meant = level[String(input)];
      return expected('"3.1", "3.1.1" or "5.0"')({ input }) +
        (meant === undefined ? "" : ` (the protocol level of "${meant}")`);
    },
  });
  const error = expected(takes);
  const schema = z.array(version, { error })
    .min(1, { error: "expected at least one version" })
    .transform((versions, context): readonly ProtocolVersion[] => {
      const levels = versions.map((written) => PROTOCOL_VERSIONS.get(written)!);
      if (new Set(levels).size === levels.length) return levels.sort();
      return refuse(context, "names a version twice");
    }).prefault([...key.default]);
  return describe(schema, key, takes, JSON.stringify(key.default).replaceAll(",", ", "));
}

function describe<Schema extends z.ZodType>(
  schema: Schema,
  { about }: Described,
  takes: string,
  written: string,
  more: { leftOut?: string; plainText?: boolean } = {},
): Schema {
  const described = schema.meta({ description: about });
  keyInfo.add(described, { about, takes, written, plainText: false, ...more });
  return described;
}

/** Makes the error message of a key that takes `what`. */
function expected(what: string): (issue: { input?: unknown }) => string {
  return ({ input }) => {
    if (input === null || input === "") return "has no value: give one, or remove the key";
    return `expected ${what.replaceAll("`", "")}, got ${show(input)}`;
  };
}

/** Values are quoted in messages up to this length. */
const SHOWN_LENGTH_MAX = 60;

function show(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a mapping";
  if (typeof input === "number") return String(input);
  const text = JSON.stringify(input) ?? String(input);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

function inRange(amount: number, { min, max, zero }: Bounds): boolean {
  return amount >= min && amount <= max || zero !== undefined && amount === 0;
}

function rangeText({ min, max, zero }: Bounds, format: (amount: number) => string): string {
  const range = ` from ${format(min)} to ${format(max)}`;
  return zero === undefined ? range : `${range}, or 0 (${zero})`;
}

function listWords(words: readonly string[]): string {
  if (words.length === 1) return words[0]!;
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
