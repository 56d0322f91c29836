import type { ZodError } from "zod";
import type { ProblemPlace } from "./problem.ts";

/** Wrong places that one answer names; a body can be wrong in many thousands. */
const PLACES_MAX = 50;

/** What hono calls the parts of a request, and what pointers call them. */
const PARTS = { param: "path", query: "query", json: "body", header: "header" } as const;
export type RequestPart = keyof typeof PARTS;

/** Where `part` of a request does not fit its schema. */
export function wrongPlaces(part: RequestPart, { issues }: ZodError): ProblemPlace[] {
  return issues.flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) => pointerTo([PARTS[part], ...path]);
    if (issue.code !== "unrecognized_keys") {
      return [{ pointer: at(issue.path), detail: issue.message }];
    }
    const what = part === "query" ? "parameter" : "field";
    return issue.keys.map((key) => ({
      pointer: at([...issue.path, key]),
      detail: `there is no such ${what}`,
    }));
  }).slice(0, PLACES_MAX);
}

/** A JSON Pointer (RFC 6901). */
function pointerTo(path: readonly PropertyKey[]): string {
  const escaped = path.map((name) => String(name).replaceAll("~", "~0").replaceAll("/", "~1"));
  return `/${escaped.join("/")}`;
}
