import assert from "#assert";
import { type Config, toConfig } from "./config.ts";
import { configFrom } from "./load.ts";
import { ConfigError } from "./problem.ts";
import { type ConfigInput, configSchema, keyPaths } from "./schema.ts";
import { keyInfo } from "./values/key.ts";

/**
 * For each key: the property of the program that it sets, its default, then pairs of what may be
 * written and what it becomes. The table restates the defaults on purpose: changing one is a
 * change of behaviour that somebody must mean.
 */
const accepted: Record<string, [property: string, defaultValue: unknown, ...pairs: unknown[]]> = {
  "server.tcp_addr": ["tcpAddr", { hostname: "127.0.0.1", port: 1883 }, "localhost:1", {
    hostname: "localhost",
    port: 1,
  }],
  "server.tcp_enabled": ["tcpEnabled", true, false, false],
  "server.tcp_max_connections": ["tcpMaxConnections", 100_000, 1, 1, 10_000_000, 10_000_000],
  "server.tcp_read_timeout": ["tcpReadTimeoutMs", 60_000, "100ms", 100, "1h", 3_600_000, 5, 5000],
  "server.tcp_write_timeout": ["tcpWriteTimeoutMs", 60_000, "100ms", 100, "1h", 3_600_000],
  "server.ws_addr": ["wsAddr", { hostname: "127.0.0.1", port: 8083 }, "localhost:1", {
    hostname: "localhost",
    port: 1,
  }],
  "server.ws_path": ["wsPath", "/mqtt", "/", "/", "/a/b-c_d.e~1", "/a/b-c_d.e~1"],
  "server.ws_enabled": ["wsEnabled", true, false, false],
  "server.ws_max_frame_size": [
    "wsMaxFrameSizeBytes",
    2 ** 24,
    "1GiB",
    2 ** 30,
    2_000_000,
    2_000_000,
  ],
  "server.http_addr": ["httpAddr", { hostname: "127.0.0.1", port: 8080 }, "localhost:1", {
    hostname: "localhost",
    port: 1,
  }],
  "server.http_enabled": ["httpEnabled", true, false, false],
  "server.health_addr": ["healthAddr", { hostname: "127.0.0.1", port: 8080 }, ":8081", {
    hostname: "",
    port: 8081,
  }],
  "server.health_enabled": ["healthEnabled", true, false, false],
  "server.shutdown_timeout": ["shutdownTimeoutMs", 30_000, "100ms", 100, "1h", 3_600_000],
  "server.close_linger": ["closeLingerMs", 1000, 0, 0, "1m", 60_000],
  "broker.max_message_size": ["maxMessageSizeBytes", 2 ** 20, "1KiB", 1024, "15MiB", 15 * 2 ** 20],
  "broker.max_retained_messages": ["maxRetainedMessages", 1_000_000, 0, 0, 1e8, 1e8],
  "broker.max_keep_alive": ["maxKeepAliveSeconds", 0, 0, 0, "1s", 1, 65_535, 65_535, "5m", 300],
  "broker.receive_maximum": ["receiveMaximum", 1024, 1, 1, 65_535, 65_535],
  "broker.topic_alias_maximum": ["topicAliasMaximum", 64, 0, 0, 65_535, 65_535],
  "broker.maximum_qos": ["maximumQos", 2, 0, 0, 1, 1],
  "broker.retain_available": ["retainAvailable", true, false, false],
  "broker.protocol_versions": [
    "protocolVersions",
    [3, 4, 5],
    ["5.0"],
    [5],
    ["5.0", "3.1"],
    [3, 5],
    [5, 3.1],
    [3, 5],
    ["3.1.1"],
    [4],
  ],
  "broker.v3_refused_publish": ["v3RefusedPublish", "disconnect", "acknowledge", "acknowledge"],
  "broker.retry_interval": ["retryIntervalMs", 0, 0, 0, "1s", 1000, "1d", 86_400_000],
  "broker.max_retries": ["maxRetries", 0, 1000, 1000],
  "broker.sys_interval": ["sysIntervalMs", 10_000, 0, 0, "1s", 1000],
  "broker.slow_receiver_grace": ["slowReceiverGraceMs", 1000, 0, 0, "1m", 60_000],
  "broker.output_high_water": ["outputHighWaterBytes", 2 ** 18, "128KiB", 2 ** 17],
  "broker.output_low_water": ["outputLowWaterBytes", 2 ** 16, "1KiB", 1024],
  "broker.output_max": ["outputMaxBytes", 2 ** 20, "1GiB", 2 ** 30],
  "session.max_sessions": ["maxSessions", 1_000_000, 1, 1, 1e8, 1e8],
  "session.default_expiry_interval": [
    "defaultExpiryIntervalSeconds",
    604_800,
    0,
    0,
    "never",
    0xffff_ffff,
    4_294_967_294,
    4_294_967_294,
  ],
  "session.max_expiry_interval": ["maxExpiryIntervalSeconds", 0xffff_ffff, "1h", 3600, 0, 0],
  "session.max_offline_queue_size": ["maxOfflineQueueSize", 1000, 10, 10, 1e7, 1e7],
  "session.max_offline_queue_bytes": ["maxOfflineQueueBytes", 2 ** 24, "1KiB", 1024],
  "session.max_inflight_messages": ["maxInflightMessages", 100, 1, 1, 65_535, 65_535],
  "session.max_subscriptions": ["maxSubscriptions", 10_000, 1, 1, 1e7, 1e7],
  "auth.allow_anonymous": ["allowAnonymous", undefined, true, true, false, false],
  "admin.enabled": ["enabled", true, false, false],
  "admin.password_file": ["passwordFile", undefined, "/run/secrets/a", "/run/secrets/a"],
  "admin.topic_statistics": ["topicStatistics", true, false, false],
  "storage.type": ["type", "leveldb", "memory", "memory"],
  "storage.sync": ["sync", "always", "interval", "interval", "never", "never"],
  "storage.sync_interval": ["syncIntervalMs", 100, "10ms", 10, "1m", 60_000],
  "storage.leveldb.dir": ["leveldbDir", "./data", "/var/lib/tidemq", "/var/lib/tidemq"],
  "storage.leveldb.check_on_start": [
    "leveldbCheckOnStartBytes",
    2 ** 30,
    "0",
    0,
    "64MiB",
    2 ** 26,
    0,
    0,
  ],
  "log.level": ["level", "info", "debug", "debug", "error", "error"],
  "log.format": ["format", "text", "json", "json"],
};

/** What each key refuses. Every key also refuses null, a mapping and a wrong type. */
const refused: Record<string, unknown[]> = {
  "server.tcp_addr": ["1883", "localhost", 1883],
  "server.tcp_enabled": ["yes", "true", 1],
  "server.tcp_max_connections": [0, -1, 1.5, 10_000_001, "100", Infinity, NaN],
  "server.tcp_read_timeout": ["99ms", "3601s", "0", 0, "60 s", -5, "0.5ms"],
  "server.tcp_write_timeout": ["99ms", "3601s", 0],
  "server.ws_addr": ["ws://localhost:8083"],
  "server.ws_path": [
    "mqtt",
    "",
    "/a b",
    "/a?b",
    "/a#b",
    "/health",
    "/ready",
    "/api",
    "/api/v1",
    "/problems",
  ],
  "server.ws_enabled": ["on"],
  "server.ws_max_frame_size": ["1KiB", "2GiB", "16M"],
  "server.http_addr": [8080],
  "server.http_enabled": ["off"],
  "server.health_addr": [""],
  "server.health_enabled": [0],
  "server.shutdown_timeout": [0, "2h"],
  "server.close_linger": ["61s", -1],
  "broker.max_message_size": [1023, "256MiB", "255.5MiB", "1mb", "1025.5B", 1.5, -1],
  "broker.max_retained_messages": [-1, 100_000_001],
  "broker.max_keep_alive": [65_536, "500ms", -1],
  "broker.receive_maximum": [0, 65_536],
  "broker.topic_alias_maximum": [-1, 65_536],
  "broker.maximum_qos": [3, -1, "2", 0.5],
  "broker.retain_available": ["no"],
  "broker.protocol_versions": [[], ["5"], [4], [3], ["3.1", 3.1], ["5.0", 5], "5.0", [null], ["x"]],
  "broker.v3_refused_publish": ["drop", "Disconnect", "constructor"],
  "broker.retry_interval": ["999ms", "25h"],
  "broker.max_retries": [-1, 1001],
  "broker.sys_interval": ["999ms", "25h"],
  "broker.slow_receiver_grace": ["61s"],
  "broker.output_high_water": ["1KiB"],
  "broker.output_low_water": [0],
  "broker.output_max": ["2GiB"],
  "session.max_sessions": [0],
  "session.default_expiry_interval": ["1.5s", 0.5, -1, "forever", 4_294_967_295, "50000d"],
  "session.max_expiry_interval": ["500ms", "none"],
  "session.max_offline_queue_size": [9],
  "session.max_offline_queue_bytes": [1023],
  "session.max_inflight_messages": [0, 65_536],
  "session.max_subscriptions": [0],
  "auth.allow_anonymous": ["true", 1],
  "admin.enabled": ["yes", 0],
  "admin.password_file": ["", 1, "a\0b"],
  "admin.topic_statistics": ["on", 1],
  "storage.type": ["badger", "disk", "toString"],
  "storage.sync": ["off", true, "Always"],
  "storage.sync_interval": ["9ms", "61s", 0],
  "storage.leveldb.dir": ["", 1, "a\0b"],
  "storage.leveldb.check_on_start": [-1, "2000GiB", "all", 0.5],
  "log.level": ["trace", "INFO"],
  "log.format": ["logfmt"],
};

/** A configuration in which only the key at `path` is written. */
function only(path: string, value: unknown): ConfigInput {
  return path.split(".").reduceRight((inner, name) => ({ [name]: inner }), value) as ConfigInput;
}

function withKey(path: string, value: unknown): Config {
  return configFrom(only(path, value));
}

function propertyOf(config: Config, path: string): unknown {
  const section = path.split(".")[0] as keyof Config;
  const [property] = accepted[path]!;
  assert.ok(property in config[section], `no property ${property}`);
  return (config[section] as Record<string, unknown>)[property];
}

Deno.test("configSchema: the tables of this test name every key", () => {
  assert.deepEqual(Object.keys(accepted), [...keyPaths.keys()]);
  assert.deepEqual(Object.keys(refused), [...keyPaths.keys()]);
});

Deno.test("toConfig: gives the program one property for each key", () => {
  const config = configFrom({});
  const count = Object.values(config).reduce((sum, keys) => sum + Object.keys(keys).length, 0);
  assert.equal(count, keyPaths.size);
});

for (const [path, [property, defaultValue, ...pairs]] of Object.entries(accepted)) {
  Deno.test(`configSchema: ${path} sets ${property}`, () => {
    assert.deepEqual(propertyOf(configFrom({}), path), defaultValue);
    for (let i = 0; i < pairs.length; i += 2) {
      // Some values need `auth.allow_anonymous` or a neighbour; that is for the rules' tests.
      const tree = configSchema.parse(only(path, pairs[i]));
      assert.deepEqual(propertyOf(toConfig(tree), path), pairs[i + 1], JSON.stringify(pairs[i]));
    }
  });
}

for (const [path, values] of Object.entries(refused)) {
  Deno.test(`configSchema: ${path} refuses what it cannot be`, () => {
    for (const value of [...values, null, {}, () => 0, Symbol("x")]) {
      const error = refusal(path, value);
      assert.equal(error.problems.length, 1, `${String(value)}: ${error.message}`);
      const [problem] = error.problems;
      assert.ok(problem!.path === path || problem!.path.startsWith(`${path}.`), problem!.path);
      assert.match(
        problem!.message,
        /^(expected|has no value|\/|names a version|there is)/,
      );
      assert.doesNotMatch(problem!.message, /\n|Invalid|undefined/);
    }
  });
}

function refusal(path: string, value: unknown): ConfigError {
  try {
    withKey(path, value);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`${path} accepts ${String(value)}`);
}

Deno.test("configSchema: every key is documented", () => {
  for (const [path, schema] of keyPaths) {
    assert.match(keyInfo.get(schema)?.about ?? "", /^[A-Z`].*[.]$/, path);
  }
});

Deno.test("configSchema: messages quote at most the beginning of a value", () => {
  const error = refusal("log.level", "x".repeat(10_000));
  assert.ok(error.message.length < 200, error.message);
});

Deno.test("toConfig: the default session expiry is capped by the maximum", () => {
  const { session } = configFrom({ session: { max_expiry_interval: "1h" } });
  assert.equal(session.defaultExpiryIntervalSeconds, 3600);
});

Deno.test("toConfig: the health routes follow the address of the HTTP server", () => {
  const { server } = configFrom({ server: { http_addr: "127.0.0.1:9000" } });
  assert.deepEqual(server.healthAddr, { hostname: "127.0.0.1", port: 9000 });
});
