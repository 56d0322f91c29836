import assert from "#assert";
import { isError, ReasonCode } from "./reason_code.ts";

Deno.test("isError: the codes from 0x80 on refuse", () => {
  assert.equal(isError(ReasonCode.ReAuthenticate), false);
  assert.equal(isError(0x7f), false);
  assert.equal(isError(ReasonCode.UnspecifiedError), true);
  assert.equal(isError(ReasonCode.WildcardSubscriptionsNotSupported), true);
});
