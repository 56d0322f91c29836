/**
 * What all kinds of value have in common: a zod schema that says what a key accepts and what it
 * becomes, and what the documentation says of it.
 */
import * as z from "zod";

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

/** What every key has to say. */
export interface Described {
  readonly about: string;
}

/** What a key without a default value has to say. */
export interface Optional {
  /** What leaving it out means. */
  readonly leftOut: string;
  /** A value, for the documentation. */
  readonly example: string;
}

/** Finishes the schema of a key: nothing may wrap it after this. */
export function describe<Schema extends z.ZodType>(
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

/** Makes the error message of a key that takes `what` (backticks are for the documentation). */
export function expected(what: string): (issue: { input?: unknown }) => string {
  return ({ input }) => {
    if (input === null || input === "") return "has no value: give one, or remove the key";
    return `expected ${what.replaceAll("`", "")}, got ${show(input)}`;
  };
}

/** Refuses a value inside a transform. */
export function refuse(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

/** Values are quoted in messages up to this length. */
const SHOWN_LENGTH_MAX = 60;

function show(input: unknown): string {
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "a mapping";
  if (typeof input !== "string") return String(input);
  const text = JSON.stringify(input.slice(0, SHOWN_LENGTH_MAX));
  return input.length > SHOWN_LENGTH_MAX ? `${text}…` : text;
}
