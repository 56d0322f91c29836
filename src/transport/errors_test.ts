import assert from "#assert";
import { ListenError, toError } from "./errors.ts";

Deno.test("ListenError: says address and reason in one line", () => {
  const withCode = (code: string) => Object.assign(new Error("first\nsecond"), { code });
  const notCapable = Object.assign(new Error("Requires net access"), { name: "NotCapable" });
  for (
    const [cause, reason] of [
      [withCode("EADDRINUSE"), "the address is in use by another process"],
      [withCode("EADDRNOTAVAIL"), "this machine has no such address"],
      [withCode("EACCES"), "the system does not allow it (ports below 1024 need a privilege)"],
      [notCapable, "Deno was started without --allow-net for it"],
      [withCode("EOTHER"), "first"],
      ["odd", "odd"],
    ] as const
  ) {
    const error = new ListenError("[::1]:1883", cause);
    assert.equal(error.message, `cannot listen on [::1]:1883: ${reason}`);
    assert.equal(error.cause, cause);
  }
});

Deno.test("toError: keeps errors and wraps everything else", () => {
  const error = new TypeError("x");
  assert.equal(toError(error), error);
  assert.equal(toError("text").message, "text");
});
