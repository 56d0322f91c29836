/** Query parameters that several lists have. */
import * as z from "zod";

const TEXT_LENGTH_MAX = 65_535;

/** A filter that names a text exactly, or a part of one. */
export const text = z.string().max(TEXT_LENGTH_MAX);

/** A filter on a count: whole, 0 or more. */
export const bound = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** `true` or `false`. */
export const flag = z.enum(["true", "false"]);

/** Whether a parameter of the kind {@linkcode flag} says so; undefined stays undefined. */
export function flagOf(value: z.output<typeof flag> | undefined): boolean | undefined {
  return value === undefined ? undefined : value === "true";
}

/** The substring filter of a list; `where` says what it looks at. */
export function partOf(where: string) {
  return text.optional().meta({ description: `A part of ${where}, in any case.` });
}
