import denoJson from "../../deno.json" with { type: "json" };

/** The version of this program. */
export const version: string = denoJson.version;
