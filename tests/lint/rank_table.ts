/**
 * Who may import whom: imports point only to a smaller rank, and folders of one rank never import
 * each other. `docs/ARCHITECTURE.md` says why.
 */
export const RANKS: Readonly<Record<string, number>> = {
  "src/base": 0,
  "src/mqtt": 1,
  "src/events": 2,
  "src/transport": 3,
  "src/session": 3,
  "src/router": 3,
  "src/auth": 3,
  "src/storage": 3,
  "src/cluster": 4,
  "src/broker": 5,
  "src/client": 5,
  "src/bridges": 6,
  "src/telemetry": 6,
  "src/admin": 7,
  "src/config": 7,
  "src/server.ts": 8,
  "src/mod.ts": 9,
  "src/cli": 9,
  "main.ts": 10,
};

/**
 * Folders that others know only through their contract: its types, its error classes and its
 * constants. What implements it is named in {@linkcode COMPOSITION_ROOTS} only.
 */
export const CONTRACTS: Readonly<Record<string, string>> = {
  "src/storage": "src/storage/store.ts",
  "src/cluster": "src/cluster/cluster.ts",
  "src/transport": "src/transport/transport.ts",
  "src/auth": "src/auth/auth.ts",
  "src/events": "src/events/observer.ts",
};

/** Files of those folders that implement nothing: pure functions that others share. */
export const SHARED_FILES: readonly string[] = ["src/transport/address.ts"];

/** What the program reads besides its source: the version of this package. */
export const PACKAGE_FILE = "deno.json";

/**
 * The files that may name implementations: the server's, the client's dialing transports, and the
 * commands that work on stored data without a server.
 */
export const COMPOSITION_ROOTS: readonly string[] = [
  "src/server.ts",
  "src/client/connect.ts",
  "src/cli/level_storage_tools.ts",
];

/** Nothing up to this rank calls the runtime, so that the broker can be simulated. */
export const SIMULATED_RANK_MAX = 5;

/**
 * Files (and folders, ending in `/`) up to {@linkcode SIMULATED_RANK_MAX} that may call the runtime
 * and use packages: the implementations that only a composition root names.
 */
export const RUNTIME_FILES: readonly string[] = [
  "src/base/fake_clock.ts",
  "src/base/random.ts",
  "src/base/system_clock.ts",
  "src/client/connect.ts",
  "src/storage/leveldb/",
  "src/transport/http_server.ts",
  "src/transport/tcp.ts",
  "src/transport/tcp_transport.ts",
  "src/transport/websocket.ts",
  "src/transport/websocket_handshake.ts",
  "src/transport/websocket_transport.ts",
];

/** The folder (or file) of {@linkcode RANKS} that `file` belongs to; undefined for none. */
export function rankedUnit(file: string): string | undefined {
  if (file in RANKS) return file;
  const folder = file.split("/", 2).join("/");
  return folder in RANKS ? folder : undefined;
}

/** Whether `file` exists for tests: they may look at implementations, and use the runtime. */
export function isTestSupport(file: string): boolean {
  return /_(test|conformance|fixture|arbitraries)\.ts$/.test(file) ||
    file.includes("/conformance/");
}

export function mayUseRuntime(file: string): boolean {
  if (isTestSupport(file)) return true;
  return RUNTIME_FILES.some((path) =>
    path === file || (path.endsWith("/") && file.startsWith(path))
  );
}
