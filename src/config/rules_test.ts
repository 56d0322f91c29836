import assert from "#assert";
import { configFrom } from "./load.ts";
import { ConfigError } from "./problem.ts";
import type { ConfigInput } from "./schema.ts";

/** `path: message` of every problem; none for a configuration that is accepted. */
function problemsOf(input: ConfigInput): string[] {
  try {
    configFrom(input);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

Deno.test("rules: output_low_water < output_high_water <= output_max", () => {
  const broker = (low: number, high: number, max: number) =>
    problemsOf({
      broker: { output_low_water: low, output_high_water: high, output_max: max },
    });
  assert.deepEqual(broker(4095, 4096, 4096), []);
  assert.match(broker(4096, 4096, 4096).join(), /^broker.output_low_water: .*lower than/);
  assert.match(broker(4095, 8192, 8191).join(), /^broker.output_max: .*not be lower than/);
});

Deno.test("rules: a problem is reported at a key that was set, not at a default", () => {
  assert.match(
    problemsOf({ broker: { output_high_water: "4KiB" } }).join(),
    /^broker.output_high_water: output_low_water \(64KiB\) must be lower than output_high_water/,
  );
});

Deno.test("rules: the largest message fits into a WebSocket frame", () => {
  const broker = { max_message_size: "16MiB" };
  assert.match(problemsOf({ broker }).join(), /^broker.max_message_size: server.ws_max_frame_size/);
  assert.deepEqual(problemsOf({ broker, server: { ws_max_frame_size: "17MiB" } }), []);
  assert.deepEqual(problemsOf({ broker, server: { ws_enabled: false } }), []);
});

const OPEN = "can be reached from other machines, and no authentication is configured: set " +
  "auth.allow_anonymous: true to let anyone connect, or bind to loopback";

for (const key of ["tcp_addr", "ws_addr", "http_addr"] as const) {
  Deno.test(`rules: server.${key} on all interfaces needs an explicit word`, () => {
    const server = { [key]: ":9999" };
    const expected = [`server.${key}: :9999 ${OPEN} (127.0.0.1:9999)`];
    assert.deepEqual(problemsOf({ server }), expected);
    assert.deepEqual(problemsOf({ server, auth: { allow_anonymous: false } }), expected);
    assert.deepEqual(problemsOf({ server, auth: { allow_anonymous: true } }), []);
    const enabled = key.replace("_addr", "_enabled");
    assert.deepEqual(problemsOf({ server: { ...server, [enabled]: false } }), []);
  });
}

for (
  const host of ["0.0.0.0", "[::]", "192.168.1.10", "127.example.org", "[::ffff:10.0.0.1]", ""]
) {
  Deno.test(`rules: ${host}: is not loopback`, () => {
    assert.equal(problemsOf({ server: { tcp_addr: `${host}:1883` } }).length, 1);
  });
}

for (const host of ["127.0.0.1", "127.1.2.3", "[::1]", "[::ffff:127.0.0.1]", "localhost"]) {
  Deno.test(`rules: ${host}: is loopback and needs no word`, () => {
    assert.deepEqual(problemsOf({ server: { tcp_addr: `${host}:1883` } }), []);
    assert.deepEqual(
      problemsOf({ server: { tcp_addr: `${host}:1883` }, auth: { allow_anonymous: false } }),
      [],
    );
  });
}

Deno.test("rules: every open listener is named", () => {
  const problems = problemsOf({ server: { tcp_addr: ":1", ws_addr: ":2", http_addr: ":3" } });
  assert.deepEqual(problems.map((line) => line.split(":")[0]), [
    "server.tcp_addr",
    "server.ws_addr",
    "server.http_addr",
  ]);
});

Deno.test("rules: health probes from other machines need no word: they reach no client data", () => {
  assert.deepEqual(problemsOf({ server: { health_addr: ":8081" } }), []);
});

for (
  const [name, server, clash] of [
    ["MQTT and HTTP on one port", { http_addr: "127.0.0.1:1883" }, true],
    ["MQTT and WebSocket on one port", { ws_addr: "127.0.0.1:1883" }, true],
    ["MQTT and health on one port", { health_addr: "127.0.0.1:1883" }, true],
    ["one port on two loopback addresses", { ws_addr: "127.0.0.2:1883" }, false],
    ["one port on one address and on all", { ws_addr: ":8080" }, true],
    ["WebSocket and HTTP on one address", { ws_addr: "127.0.0.1:8080" }, false],
    ["health on the address of HTTP", { health_addr: "127.0.0.1:8080" }, false],
    ["a listener that is off", { http_addr: "127.0.0.1:1883", tcp_enabled: false }, false],
    ["free ports", { tcp_addr: "127.0.0.1:0", ws_addr: "127.0.0.1:0" }, false],
    ["health on the MQTT port, HTTP off", {
      http_addr: "127.0.0.1:1883",
      http_enabled: false,
    }, true],
  ] as const
) {
  Deno.test(`rules: ${name} ${clash ? "clash" : "fit"}`, () => {
    const problems = problemsOf({ server, auth: { allow_anonymous: true } });
    assert.equal(problems.length, clash ? 1 : 0, problems.join("\n"));
    if (clash) assert.match(problems[0]!, /cannot both listen on port/);
  });
}
