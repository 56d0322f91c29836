import * as z from "zod";
import type { ProtocolVersion } from "../../mqtt/packet.ts";
import { describe, type Described, expected, refuse } from "./key.ts";

const LEVEL_OF_VERSION = new Map<unknown, ProtocolVersion>([
  ["3.1", 3],
  ["3.1.1", 4],
  ["5.0", 5],
  // What YAML makes of the same words without quotes.
  [3.1, 3],
  [5, 5],
]);

/** Other numbers that people write for a version. */
const VERSION_OF_LEVEL = new Map<unknown, string>([[3, "3.1"], [4, "3.1.1"]]);

/** A list of MQTT versions; becomes protocol levels (3, 4, 5), ascending. */
export function protocolVersions(key: Described & { default: readonly ["3.1", "3.1.1", "5.0"] }) {
  const takes = 'a list of "3.1", "3.1.1", "5.0"';
  const error = expected(takes);
  const schema = z.array(version(), { error })
    .min(1, { error: "expected at least one version" })
    .transform((versions, context): readonly ProtocolVersion[] => {
      const levels = versions.map((written) => LEVEL_OF_VERSION.get(written)!);
      if (new Set(levels).size === levels.length) return levels.sort();
      return refuse(context, "names a version twice");
    }).prefault([...key.default]);
  return describe(schema, key, takes, JSON.stringify(key.default).replaceAll(",", ", "));
}

function version() {
  return z.literal(["3.1", "3.1.1", "5.0", 3.1, 5], {
    error: ({ input }) => {
      const meant = VERSION_OF_LEVEL.get(input);
      const hint = meant === undefined ? "" : ` (the protocol level of "${meant}")`;
      return expected('"3.1", "3.1.1" or "5.0"')({ input }) + hint;
    },
  });
}
