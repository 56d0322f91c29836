import { ReasonCode } from "../../src/mqtt/reason_code.ts";

const NAMES = new Map(Object.entries(ReasonCode).map(([name, code]) => [code as number, name]));

/** The name of the specification and the number: `NotAuthorized (0x87)`. */
export function reasonText(code: number): string {
  const hex = `0x${code.toString(16).padStart(2, "0")}`;
  const name = NAMES.get(code);
  return name === undefined ? hex : `${name} (${hex})`;
}
