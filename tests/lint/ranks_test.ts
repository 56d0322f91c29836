import assert from "#assert";
import plugin from "./ranks.ts";
import { CONTRACTS, RANKS } from "./rank_table.ts";

/** What the rules say about `source` as the content of `file`: "rule: first words". */
function problems(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ id, message }) => {
    return `${id.replace("house/", "")}: ${message}`;
  });
}

function assertLegal(file: string, source: string): void {
  assert.deepEqual(problems(file, source), [], `${file}: ${source}`);
}

function assertProblem(file: string, source: string, expected: RegExp): void {
  const found = problems(file, source);
  assert.equal(found.length, 1, `${file}: ${source}: ${found.join("; ") || "no problem"}`);
  assert.match(found[0]!, expected);
}

const UPWARD = /ranks: .*smaller rank/;

Deno.test("ranks lets imports point to a smaller rank and within a folder", () => {
  assertLegal("src/mqtt/packet.ts", `import { invariant } from "../base/invariant.ts";`);
  assertLegal("src/mqtt/packets/publish.ts", `import { QoS } from "../packet.ts";`);
  assertLegal("src/broker/handlers/publish.ts", `import { Outbound } from "../../session/a.ts";`);
  assertLegal("src/client/client.ts", `import { Outbound } from "../session/outbound.ts";`);
  assertLegal("src/cli/start.ts", `import { startServer } from "../server.ts";`);
  assertLegal("src/mod.ts", `export { startServer } from "./server.ts";`);
  assertLegal("main.ts", `import { runCli } from "./src/cli/cli.ts";`);
});

Deno.test("ranks finds an upward import in every form", () => {
  for (
    const source of [
      `import { Broker } from "../broker/broker.ts";`,
      `import type { Broker } from "../broker/broker.ts";`,
      `import { type Broker } from "../broker/broker.ts";`,
      `import * as broker from "../broker/broker.ts";`,
      `import "../broker/broker.ts";`,
      `export { Broker } from "../broker/broker.ts";`,
      `export type { Broker } from "../broker/broker.ts";`,
      `export * from "../broker/broker.ts";`,
      `export * as broker from "../broker/broker.ts";`,
      `const broker = await import("../broker/broker.ts");`,
      "const broker = await import(`../broker/broker.ts`);",
      `type B = import("../broker/broker.ts").Broker;`,
      `type M = typeof import("../broker/broker.ts");`,
    ]
  ) assertProblem("src/session/session.ts", source, UPWARD);
});

Deno.test("ranks keeps folders of one rank apart", () => {
  assertProblem("src/session/a.ts", `import { T } from "../router/trie.ts";`, UPWARD);
  assertProblem("src/client/a.ts", `import type { B } from "../broker/broker.ts";`, UPWARD);
  assertProblem("src/admin/a.ts", `import { c } from "../config/config.ts";`, UPWARD);
  assertProblem("src/cli/a.ts", `import { c } from "../mod.ts";`, UPWARD);
  assertProblem("src/server.ts", `import { c } from "./cli/cli.ts";`, UPWARD);
});

Deno.test("ranks lets others take types, errors and constants from a contract file", () => {
  for (
    const source of [
      `import type { Store } from "../storage/store.ts";`,
      `import { type Store, type StoreBatch } from "../storage/store.ts";`,
      `import { SESSION_EXPIRY_NEVER, type Store, StoreError } from "../storage/store.ts";`,
      `import type * as storage from "../storage/store.ts";`,
      `export type { Store } from "../storage/store.ts";`,
      `export { type Store } from "../storage/store.ts";`,
      `type S = import("../storage/store.ts").Store;`,
    ]
  ) assertLegal("src/broker/a.ts", source);
  assertLegal("src/cluster/cluster.ts", `import type { WillRecord } from "../storage/store.ts";`);
});

Deno.test("ranks finds a value that is taken from a contract file", () => {
  for (
    const source of [
      `import { type Store, openStore } from "../storage/store.ts";`,
      `import { Store } from "../storage/store.ts";`,
      `import * as storage from "../storage/store.ts";`,
      `import "../storage/store.ts";`,
      `import storage from "../storage/store.ts";`,
      `export { openStore } from "../storage/store.ts";`,
      `export * from "../storage/store.ts";`,
      `await import("../storage/store.ts");`,
    ]
  ) assertProblem("src/broker/a.ts", source, /ranks: .*only types, errors and constants/);
});

Deno.test("ranks lets only the composition roots name implementations", () => {
  for (const [folder, contract] of Object.entries(CONTRACTS)) {
    const path = `${folder.replace("src/", "../")}/implementation.ts`;
    for (const file of ["src/broker/a.ts", "src/admin/a.ts", "src/cli/a.ts"]) {
      const expected = new RegExp(`ranks: .*is an implementation.*${contract}`);
      assertProblem(file, `import type { A } from "${path}";`, expected);
    }
    assertLegal("src/server.ts", `import { A } from "${path.replace("../", "./")}";`);
  }
  assertLegal("src/client/connect.ts", `import { dialTcp } from "../transport/tcp.ts";`);
  assertProblem(
    "src/client/client.ts",
    `import { dialTcp } from "../transport/tcp.ts";`,
    /is an implementation/,
  );
});

Deno.test("ranks lets higher folders share what implements nothing", () => {
  assertLegal("src/config/a.ts", `import { parseAddress } from "../transport/address.ts";`);
  assertLegal("src/base/version.ts", `import denoJson from "../../deno.json";`);
  assertProblem("src/mqtt/a.ts", `import { a } from "../transport/address.ts";`, UPWARD);
});

Deno.test("ranks lets tests beside the source name implementations, but not look upward", () => {
  assertLegal("src/broker/a_test.ts", `import { MemoryStore } from "../storage/memory.ts";`);
  assertLegal("src/broker/a_test.ts", `import { RawClient } from "../../tests/support/raw.ts";`);
  assertProblem("src/storage/a_test.ts", `import { B } from "../broker/broker.ts";`, UPWARD);
});

Deno.test("ranks keeps what is for tests out of the program", () => {
  const forTests = /ranks: .*for tests only/;
  assertProblem("src/mqtt/a.ts", `import { table } from "./packet_fixture.ts";`, forTests);
  assertProblem("src/server.ts", `import { x } from "./storage/store_conformance.ts";`, forTests);
  assertProblem("src/server.ts", `import { x } from "../tests/support/raw.ts";`, /no part of/);
  assertProblem("src/server.ts", `import { x } from "../admin-ui/main.ts";`, /no part of/);
  assertLegal("src/mqtt/a_test.ts", `import { table } from "./packet_fixture.ts";`);
});

Deno.test("ranks lets the console use types of src/admin, and src/mqtt and src/session", () => {
  assertLegal("admin-ui/pages/a.ts", `import { api } from "../api.ts";`);
  assertLegal("admin-ui/api.ts", `import type { SessionView } from "../src/admin/schemas.ts";`);
  assertLegal("admin-ui/api.ts", `import { type SessionView } from "../src/admin/schemas.ts";`);
  assertLegal("admin-ui/api.ts", `import { PacketDecoder } from "../src/mqtt/packet_decoder.ts";`);
  assertLegal("admin-ui/api.ts", `import { Outbound } from "../src/session/outbound.ts";`);
  const forbidden = /ranks: the console may not import/;
  assertProblem("admin-ui/api.ts", `import { routes } from "../src/admin/routes.ts";`, forbidden);
  assertProblem("admin-ui/api.ts", `import type { B } from "../src/broker/broker.ts";`, forbidden);
  assertProblem("admin-ui/api.ts", `import { clock } from "../src/base/clock.ts";`, forbidden);
});

Deno.test("ranks does not look at packages or at what has no rank", () => {
  assertLegal("src/config/a.ts", `import { z } from "zod";`);
  assertLegal("tests/a_test.ts", `import { MemoryStore } from "../src/storage/memory.ts";`);
  assertLegal("bench/a.ts", `import { Broker } from "../src/broker/broker.ts";`);
});

Deno.test("ranks knows every folder of src", async () => {
  for await (const entry of Deno.readDir(new URL("../../src", import.meta.url))) {
    assert.ok(`src/${entry.name}` in RANKS, `src/${entry.name} has no rank`);
  }
});

Deno.test("runtime finds every way to the runtime up to rank 5", () => {
  for (
    const source of [
      "const now = Date.now();",
      `const now = Date["now"]();`,
      "const at = new Date();",
      "setTimeout(f, 1);",
      "globalThis.setTimeout(f, 1);",
      "const later = setTimeout;",
      "setInterval(f, 1);",
      "setImmediate(f);",
      "const x = Math.random();",
      "const t = performance.now();",
      "const id = crypto.randomUUID();",
      `const text = Deno.readTextFileSync("x");`,
      "let conn: Deno.TcpConn;",
      "const { env } = Deno;",
      "const all = { setTimeout };",
      "await fetch(url);",
      `import { createHash } from "node:crypto";`,
      `import { z } from "zod";`,
    ]
  ) assertProblem("src/broker/a.ts", source, /runtime: .* is the runtime/);
});

Deno.test("runtime lets pure uses and members of the same name pass", () => {
  for (
    const source of [
      "const day = Date.UTC(2026, 0, 1);",
      "const at = new Date(ms);",
      "clock.setTimeout(f, 1);",
      "const table = { fetch: 1, performance: 2 };",
      "class A { fetch() {} crypto = 1; }",
      "interface A { fetch(): void; crypto: number }",
      "clearTimeout(handle);",
      "queueMicrotask(f);",
      "const x = Math.floor(1.5);",
      `import { a } from "./a.ts";`,
    ]
  ) assertLegal("src/broker/a.ts", source);
});

Deno.test("runtime lets implementations, tests and higher ranks use the runtime", () => {
  const source = "setTimeout(f, Date.now());";
  for (
    const file of [
      "src/base/system_clock.ts",
      "src/transport/tcp.ts",
      "src/broker/a_test.ts",
      "src/storage/store_conformance.ts",
      "src/storage/conformance/disk.ts",
      "src/telemetry/a.ts",
      "src/server.ts",
      "main.ts",
      "tests/run.ts",
    ]
  ) assertLegal(file, source);
  assertLegal("src/transport/websocket.ts", `import { WebSocketServer } from "ws";`);
});

Deno.test("permissions finds a request for all permissions", () => {
  for (const flag of ["-" + "A", "--allow-" + "all"]) {
    assertProblem("tests/a.ts", `run(["${flag}"]);`, /permissions: Ask for/);
    assertProblem("tests/a.ts", `run("deno run ${flag} main.ts");`, /permissions: Ask for/);
    assertProblem("tests/a.ts", "run(`deno ${flag}`);".replace("${flag}", flag), /Ask for/);
  }
  assertLegal("tests/a.ts", `run(["--allow-read", "-Anne", "--allow-all-of-it"]);`);
});
