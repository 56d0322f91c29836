import * as z from "zod";
import { type ApiRoute, noBody, noParams, noQuery, route } from "../http/route.ts";

/** One key of the configuration as it counts. */
export interface Setting {
  /** `server.tcp_addr` */
  readonly key: string;
  /** As it would be written in the file; `null`: left out, and the key has no default. */
  readonly value: unknown;
  /** Where it comes from, in words: `default`, a file with its line, a variable, an option. */
  readonly source: string;
}

const setting = z.strictObject({
  key: z.string(),
  value: z.unknown().meta({ description: "As it is written in a file; `null`: left out." }),
  source: z.string().meta({
    description: "`default`, a file with its line, an environment variable, or an option.",
  }),
}).meta({ id: "Setting" });

/** The configuration that the broker runs with. `settings` holds no secret: those are in files. */
export function configRoutes(settings: readonly Setting[]): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/config",
      role: "operator",
      tag: "Configuration",
      summary: "Show the configuration",
      description: "Empty when the program that embeds the broker does not say it.",
      params: noParams,
      query: noQuery,
      body: noBody,
      success: {
        status: 200,
        description: "Every key with its value and its source.",
        schema: z.strictObject({ items: z.array(setting) }),
      },
      example: {},
      handle: () => ({ items: [...settings] }),
    }),
  ];
}
