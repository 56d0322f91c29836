import { VERSION } from "../base/version.ts";
import { printable } from "../base/printable.ts";
import type { Config } from "../config/config.ts";
import { formatDuration } from "../config/units.ts";
import { isEveryInterface, parseAddress } from "../transport/address.ts";
import type { BoundAddress, StartedServer } from "./start.ts";

/** The last line of the banner: whatever waits for the broker waits for this line. */
export const READY_LINE = "ready";

/** What a person wants to know of a broker that has just started; a program reads the URLs. */
export function banner(
  { server, storage, admin }: Config,
  started: Pick<StartedServer, "addresses" | "storageDamage" | "firstCredentials">,
): string {
  const { addresses: bound, storageDamage, firstCredentials } = started;
  const tcp = reachable(bound, "tcp");
  const http = reachable(bound, "http");
  const webSockets = server.wsEnabled ? [...reachable(bound, "ws"), ...http] : [];
  const own = reachable(bound, "health");
  const health = server.healthEnabled ? own.length > 0 ? own : http : [];
  const rows: readonly (readonly [string, string[]])[] = [
    ["MQTT", tcp.map((at) => url("mqtt", at))],
    ["WebSocket", unique(webSockets.map((at) => url("ws", at, server.wsPath)))],
    ["Health", health.flatMap((at) => [url("http", at, "/health"), url("http", at, "/ready")])],
    ["Console", admin.enabled ? http.map((at) => url("http", at, "/")) : []],
    ["Admin API", admin.enabled ? http.map((at) => url("http", at, "/api/v1/docs")) : []],
    ["Data", dataLines(storage)],
    ["DAMAGED", storageDamage.map(printable)],
    ["Stop", ["Ctrl+C"]],
  ];
  return [
    `TideMQ ${VERSION}`,
    "",
    ...rows.flatMap(([name, lines]) =>
      lines.map((line, index) => `  ${(index === 0 ? name : "").padEnd(10)} ${line}`)
    ),
    "",
    ...tryIt(tcp[0]),
    ...credentialLines(firstCredentials, storage.type),
    READY_LINE,
    "",
  ].join("\n");
}

/** Where data is kept, and what a failure can take of it. */
function dataLines({ type, sync, syncIntervalMs, leveldbDir }: Config["storage"]): string[] {
  if (type === "memory") return ["in memory: gone when the broker stops"];
  switch (sync) {
    case "always":
      return [leveldbDir, "sync always: a power failure loses nothing that was acknowledged"];
    case "interval":
      return [
        leveldbDir,
        `sync interval: a power failure can lose what was acknowledged in the last ${
          formatDuration(syncIntervalMs)
        }`,
      ];
    case "never":
      return [
        leveldbDir,
        "sync never: a power failure can lose what was acknowledged in the last 30 seconds or so",
      ];
  }
}

/** Where a client on this machine reaches a listener. */
interface Reachable {
  readonly host: string;
  readonly port: number;
  /** True when the listener is on every interface, so that other machines reach it as well. */
  readonly everywhere: boolean;
}

function reachable(bound: readonly BoundAddress[], name: string): Reachable[] {
  return bound.filter((listener) => listener.name === name).map(({ address }) => {
    const { hostname, port } = parseAddress(address);
    const everywhere = isEveryInterface({ hostname });
    return { host: everywhere ? "127.0.0.1" : hostname, port, everywhere };
  });
}

function url(scheme: string, { host, port, everywhere }: Reachable, path = ""): string {
  const authority = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return `${scheme}://${authority}${path}${everywhere ? " (all interfaces)" : ""}`;
}

function tryIt(tcp: Reachable | undefined): string[] {
  if (tcp === undefined) return [];
  const where = `-h ${tcp.host} -p ${tcp.port}`;
  return [
    "  Try it in two terminals:",
    `    mosquitto_sub ${where} -t 'hello/#' -v`,
    `    mosquitto_pub ${where} -t hello/world -m hi`,
    "",
  ];
}

/** The credentials of the first start, which nothing shows again (requirement row C20). */
function credentialLines(
  made: StartedServer["firstCredentials"],
  storage: Config["storage"]["type"],
): string[] {
  if (made === undefined) return [];
  const again = storage === "memory"
    ? "the storage is in memory, so the next start makes others"
    : "they are not shown again";
  return [
    `  Keep these credentials: ${again}.`,
    `    user       ${made.user}`,
    `    password   ${made.password ?? "the one in admin.password_file"}`,
    `    API token  ${made.token}`,
    "",
  ];
}

function unique(lines: string[]): string[] {
  return [...new Set(lines)];
}
