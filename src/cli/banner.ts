import type { Config } from "../config/config.ts";
import type { BoundAddress } from "./start.ts";
import { version } from "./version.ts";

/** The last line of the banner: whatever waits for the broker waits for this line. */
export const READY_LINE = "ready";

/** What a person wants to know of a broker that has just started. */
export function banner(config: Config, addresses: readonly BoundAddress[]): string {
  const rows: [string, string][] = [
    ["MQTT", urls(addresses, "tcp", "mqtt").join(", ")],
    ["WebSocket", webSocketUrls(config, addresses).join(", ")],
    ["HTTP", urls(addresses, "http", "http").join(", ")],
    ["Health", healthUrls(config, addresses).join(", ")],
    ["Data", "in memory: gone when the broker stops"],
    ["Stop", "Ctrl+C"],
  ];
  return [
    `TideMQ ${version}`,
    "",
    ...rows.filter(([, value]) => value !== "").map(([name, value]) =>
      `  ${name.padEnd(10)} ${value}`
    ),
    "",
    ...tryIt(addresses),
    READY_LINE,
    "",
  ].join("\n");
}

function urls(addresses: readonly BoundAddress[], name: string, scheme: string): string[] {
  return addresses.filter((bound) => bound.name === name)
    .map(({ address }) => `${scheme}://${address}`);
}

function webSocketUrls({ server }: Config, addresses: readonly BoundAddress[]): string[] {
  if (!server.wsEnabled) return [];
  const bases = [...urls(addresses, "ws", "ws"), ...urls(addresses, "http", "ws")];
  return [...new Set(bases)].map((base) => base + server.wsPath);
}

function healthUrls({ server }: Config, addresses: readonly BoundAddress[]): string[] {
  if (!server.healthEnabled) return [];
  const own = urls(addresses, "health", "http");
  const bases = own.length > 0 ? own : urls(addresses, "http", "http");
  return bases.flatMap((base) => [`${base}/health`, `${base}/ready`]);
}

function tryIt(addresses: readonly BoundAddress[]): string[] {
  const tcp = addresses.find(({ name }) => name === "tcp")?.address;
  if (tcp === undefined) return [];
  const colon = tcp.lastIndexOf(":");
  const host = reachable(tcp.slice(0, colon).replace(/^\[|\]$/g, ""));
  const where = `-h ${host} -p ${tcp.slice(colon + 1)}`;
  return [
    "  Try it in two terminals:",
    `    mosquitto_sub ${where} -t 'hello/#' -v`,
    `    mosquitto_pub ${where} -t hello/world -m hi`,
    "",
  ];
}

/** A host that a client on this machine can connect to. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
