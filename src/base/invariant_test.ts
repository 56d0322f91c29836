import assert from "#assert";
import { invariant, InvariantError } from "./invariant.ts";

Deno.test("invariant() throws InvariantError with its message for anything falsy", () => {
  for (const condition of [false, 0, "", null, undefined, NaN]) {
    assert.throws(() => invariant(condition, "what must hold"), (error: unknown) => {
      return error instanceof InvariantError && error.message === "what must hold" &&
        error.name === "InvariantError";
    });
  }
});

Deno.test("invariant() lets anything truthy pass", () => {
  for (const condition of [true, 1, "x", [], {}]) invariant(condition, "unused");
});
