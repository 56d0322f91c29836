import * as z from "zod";
import type { Address } from "../../transport/address.ts";
import { ADDRESS_PATTERN, readAddress } from "../address.ts";
import { describe, type Described, expected, type Optional, refuse } from "./key.ts";

const ADDRESS_TAKES = "an address: `host:port`, `[ipv6]:port`, or `:port` for all interfaces";

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

function writtenAddress() {
  const error = expected("an address like 127.0.0.1:1883, [::1]:1883 or :1883");
  return z.string({ error }).regex(ADDRESS_PATTERN, { error })
    .transform((text, context): Address =>
      readAddress(text) ?? refuse(context, error({ input: text }))
    );
}

/** The path of a URL that is not one of `reserved`, nor below one of them. */
export function urlPath(key: Described & { default: string; reserved: readonly string[] }) {
  const error = expected("a path like /mqtt (no spaces, ? or #)");
  const schema = z.string({ error }).regex(/^\/[\w.~/-]*$/, { error })
    .refine((path) => !key.reserved.some((taken) => isBelow(path, taken)), {
      error: ({ input }) => `${input} serves something else: choose another path`,
    }).default(key.default);
  return describe(schema, key, "a path that begins with `/`", key.default, { plainText: true });
}

function isBelow(path: string, taken: string): boolean {
  return path === taken || path.startsWith(`${taken}/`);
}
