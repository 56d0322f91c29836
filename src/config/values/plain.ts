import * as z from "zod";
import type { QoS } from "../../mqtt/packet.ts";
import { closest } from "../suggest.ts";
import { type Bounds, inRange, rangeText } from "./bounds.ts";
import { describe, type Described, expected, type Optional } from "./key.ts";

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
    refused?: ReadonlyMap<unknown, string>;
  },
) {
  const takes = key.words.map((word) => `\`${word}\``).join(", ");
  const error = ({ input }: { input?: unknown }) => {
    const refusal = key.refused?.get(input);
    if (refusal !== undefined) return refusal;
    const meant = typeof input === "string" ? closest(input, key.words) : undefined;
    const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
    return expected(listWords(key.words))({ input }) + hint;
  };
  const schema = z.enum(key.words, { error }).default(key.default as z.util.NoUndefined<Word>);
  return describe(schema, key, takes, key.default, { plainText: true });
}

function listWords(words: readonly string[]): string {
  if (words.length === 1) return words[0]!;
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A whole number. */
export function wholeNumber(key: Described & Bounds & { default: number }) {
  const takes = `a whole number${rangeText(key)}`;
  const error = expected(takes);
  const schema = z.int({ error })
    .min(key.zero === undefined ? key.min : 0, { error })
    .max(key.max, { error })
    .refine((value) => inRange(value, key), { error })
    .default(key.default);
  return describe(schema, key, takes, String(key.default));
}

/** The highest QoS of something. */
export function qos(key: Described & { default: QoS }) {
  const schema = z.literal([0, 1, 2], { error: expected("0, 1 or 2") }).default(key.default);
  return describe(schema, key, "`0`, `1` or `2`", String(key.default));
}

/** The path of a directory. */
export function directory(key: Described & { default: string }) {
  const schema = path("the path of a directory").default(key.default);
  return describe(schema, key, "the path of a directory", key.default, { plainText: true });
}

/** The path of a file, or left out. */
export function optionalFile(key: Described & Optional) {
  const schema = path("the path of a file").optional();
  const more = { leftOut: key.leftOut, plainText: true };
  return describe(schema, key, "the path of a file", key.example, more);
}

function path(takes: string) {
  const error = expected(takes);
  return z.string({ error }).min(1, { error })
    .refine((path) => !path.includes("\0"), { error });
}
