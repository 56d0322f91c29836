import assert from "#assert";
import { envVariable, parseAssigned, readEnv, readFlag } from "./assignments.ts";

Deno.test("envVariable: is the prefix and the path with double underscores", () => {
  assert.equal(envVariable("server.tcp_addr"), "TIDEMQ_SERVER__TCP_ADDR");
});

Deno.test("readEnv: takes the broker's variables only, in the order of their names", () => {
  const env = {
    TIDEMQ_LOG__LEVEL: "warn",
    HOME: "/",
    TIDEMQ_BROKER__MAXIMUM_QOS: "1",
    tidemq_x: "",
  };
  assert.deepEqual(readEnv(env).map(({ path, text }) => [path, text]), [
    ["broker.maximum_qos", "1"],
    ["log.level", "warn"],
  ]);
});

for (
  const name of [
    "TIDEMQ_SERVICE_HOST",
    "TIDEMQ_SERVICE_PORT",
    "TIDEMQ_SERVICE_PORT_MQTT",
    "TIDEMQ_PORT",
    "TIDEMQ_PORT_1883_TCP",
    "TIDEMQ_PORT_1883_TCP_ADDR",
    "TIDEMQ_PORT_1883_TCP_PORT",
    "TIDEMQ_PORT_1883_TCP_PROTO",
    "TIDEMQ_PORT_5683_UDP",
    "TIDEMQ_HEADLESS_SERVICE_HOST",
    "TIDEMQ_WEB_UI_PORT_8080_TCP_ADDR",
  ]
) {
  Deno.test(`readEnv: skips ${name}, which Kubernetes sets for a Service of our name`, () => {
    assert.deepEqual(readEnv({ [name]: "x" }), []);
  });
}

for (const name of ["TIDEMQ_PORT_NUMBER", "TIDEMQ_SERVER_TCP_ADDR", "TIDEMQ_CONFIG"]) {
  Deno.test(`readEnv: does not skip ${name}`, () => {
    assert.equal(readEnv({ [name]: "x" }).length, 1);
  });
}

Deno.test("readFlag: splits at the first equals sign", () => {
  const { path, text } = readFlag("server.ws_path=/a=b");
  assert.deepEqual([path, text], ["server.ws_path", "/a=b"]);
  assert.equal(readFlag("log.level").text, "");
});

for (
  const [text, value] of [
    ["1", 1],
    ["true", true],
    ["1MiB", "1MiB"],
    ['["3.1", 5.0]', ["3.1", 5]],
    ["", null],
    ["'quoted'", "quoted"],
    ["a: b: c", undefined],
    ["*x", undefined],
    ["!x y", undefined],
    ["a\n---\nb", undefined],
  ] as const
) {
  Deno.test(`parseAssigned: ${JSON.stringify(text)} is ${JSON.stringify(value) ?? "no value"}`, () => {
    assert.deepEqual(parseAssigned(text, false), value);
  });
}

Deno.test("parseAssigned: leaves plain text as it is", () => {
  assert.equal(parseAssigned("[::1]:1883", true), "[::1]:1883");
});
