import type { Missing } from "./coverage.ts";

/** What is generated, and what is wrong with the names. */
export interface ConformanceResult {
  readonly document: string;
  readonly missing: Missing;
  readonly slips: readonly string[];
}

export const DOCUMENT_FILE = new URL("../../docs/conformance.md", import.meta.url);
/** Statements that have no test yet. */
export const MISSING_FILE = new URL("missing.json", import.meta.url);
