import assert from "#assert";
import { VERSION } from "../base/version.ts";
import { configFrom } from "../config/load.ts";
import type { ConfigInput } from "../config/schema.ts";
import { banner } from "./banner.ts";

const defaults = [
  { name: "tcp", address: "127.0.0.1:1883" },
  { name: "ws", address: "127.0.0.1:8083" },
  { name: "http", address: "127.0.0.1:8080" },
];

function bannerOf(
  addresses: typeof defaults,
  server: ConfigInput["server"] = {},
  storage: ConfigInput["storage"] = {},
): string {
  const config = configFrom({ server, storage, auth: { allow_anonymous: true } });
  return banner(config, { addresses, storageDamage: [], firstCredentials: undefined });
}

Deno.test("banner: shows addresses, how to try, where data is kept and how to stop", () => {
  assert.equal(
    bannerOf(defaults),
    `TideMQ ${VERSION}

  MQTT       mqtt://127.0.0.1:1883
  WebSocket  ws://127.0.0.1:8083/mqtt
             ws://127.0.0.1:8080/mqtt
  Health     http://127.0.0.1:8080/health
             http://127.0.0.1:8080/ready
  Console    http://127.0.0.1:8080/
  Admin API  http://127.0.0.1:8080/api/v1/docs
  Data       ./data
             sync always: a power failure loses nothing that was acknowledged
  Stop       Ctrl+C

  Try it in two terminals:
    mosquitto_sub -h 127.0.0.1 -p 1883 -t 'hello/#' -v
    mosquitto_pub -h 127.0.0.1 -p 1883 -t hello/world -m hi

ready
`,
  );
});

Deno.test("banner: a listener on all interfaces is shown by an address that works here", () => {
  for (const address of [":1883", "0.0.0.0:1883", "[::]:1883"]) {
    const text = bannerOf([{ name: "tcp", address }]);
    assert.match(text, /mqtt:\/\/127\.0\.0\.1:1883 \(all interfaces\)\n/);
    assert.match(text, /-h 127\.0\.0\.1 -p 1883 /);
  }
});

Deno.test("banner: an IPv6 address has brackets in URLs and none in commands", () => {
  const text = bannerOf([{ name: "tcp", address: "[::1]:1883" }]);
  assert.match(text, /mqtt:\/\/\[::1\]:1883\n/);
  assert.match(text, /-h ::1 -p 1883 /);
});

Deno.test("banner: health on its own address is shown there only", () => {
  const text = bannerOf([...defaults, { name: "health", address: "127.0.0.1:8081" }], {
    health_addr: "127.0.0.1:8081",
  });
  assert.match(text, /127\.0\.0\.1:8081\/ready\n/);
  assert.doesNotMatch(text, /8080\/ready/);
});

Deno.test("banner: what is off is not shown", () => {
  assert.doesNotMatch(bannerOf(defaults.slice(2), { ws_enabled: false }), /ws:|mqtt:|mosquitto/);
  assert.doesNotMatch(bannerOf(defaults, { health_enabled: false }), /health|ready\n.*ready/);
});

Deno.test("banner: one address under two names is shown once", () => {
  const shared = [{ name: "ws", address: "127.0.0.1:8080" }, defaults[2]!];
  assert.equal(bannerOf(shared).match(/ws:\/\//g)!.length, 1);
});

Deno.test("banner: shows the path of the WebSocket", () => {
  assert.match(bannerOf(defaults, { ws_path: "/broker" }), /ws:\/\/127\.0\.0\.1:8083\/broker\n/);
});

Deno.test("banner: says what a power failure can take, for each way to store", () => {
  const dataOf = (storage: ConfigInput["storage"]) => bannerOf(defaults, {}, storage);
  assert.match(dataOf({ type: "memory" }), /Data {7}in memory: gone when the broker stops\n/);
  const leveldb = { dir: "/var/lib/tidemq" };
  assert.match(
    dataOf({ leveldb, sync: "interval", sync_interval: "250ms" }),
    /Data {7}\/var\/lib\/tidemq\n +sync interval: .* lose what was acknowledged in the last 250ms\n/,
  );
  assert.match(dataOf({ leveldb, sync: "never" }), /sync never: .* in the last 30 seconds or so\n/);
});

Deno.test("banner: shows the credentials of the first start, and how long they count", () => {
  const of = (storage: ConfigInput["storage"], password: string | undefined) => {
    const firstCredentials = { user: "admin", password, token: "tide_1_x" };
    const config = configFrom({ storage });
    return banner(config, { addresses: defaults, storageDamage: [], firstCredentials });
  };
  assert.match(
    of({}, "k7d2m-x9pqa"),
    /\n {2}Keep these credentials: they are not shown again\.\n {4}user {7}admin\n {4}password {3}k7d2m-x9pqa\n {4}API token {2}tide_1_x\n\nready\n$/,
  );
  assert.match(of({ type: "memory" }, "k7d2m-x9pqa"), /so the next start makes others\.\n/);
  assert.match(of({}, undefined), /password {3}the one in admin\.password_file\n/);
});

Deno.test("banner: shows the admin API only where it is served", () => {
  const config = configFrom({ admin: { enabled: false } });
  const started = { addresses: defaults, storageDamage: [], firstCredentials: undefined };
  assert.doesNotMatch(banner(config, started), /api/);
  assert.doesNotMatch(bannerOf(defaults.slice(0, 2)), /api/);
});
