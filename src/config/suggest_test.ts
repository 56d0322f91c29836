import assert from "#assert";
import { closest } from "./suggest.ts";

const words = ["start", "check-config", "tcp_addr", "ws_addr", "level"];

for (
  const [word, meant] of [
    ["strat", "start"],
    ["stat", "start"],
    ["startt", "start"],
    ["tcp-addr", "tcp_addr"],
    ["tcpaddr", "tcp_addr"],
    ["TCP_ADDR", "tcp_addr"],
    ["levle", "level"],
    ["checkconfig", "check-config"],
    ["s_addr", "ws_addr"],
    ["publish", undefined],
    ["x", undefined],
    ["", undefined],
    ["s".repeat(100_000), undefined],
  ] as const
) {
  Deno.test(`closest: ${JSON.stringify(word.slice(0, 20))} means ${meant ?? "nothing known"}`, () => {
    assert.equal(closest(word, words), meant);
  });
}

Deno.test("closest: a short word must match better", () => {
  assert.equal(closest("abc", ["xbc"]), "xbc");
  assert.equal(closest("abc", ["xyc"]), undefined);
  assert.equal(closest("ab", ["ax"]), undefined);
});

Deno.test("closest: prefers the candidate with fewer edits, whatever the order", () => {
  assert.equal(closest("max_session", ["max_seconds", "max_sessions"]), "max_sessions");
  assert.equal(closest("max_session", ["max_sessions", "max_seconds"]), "max_sessions");
});
