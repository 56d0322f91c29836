import { type Address, formatAddress, isLoopback } from "../transport/address.ts";
import { overlap } from "./address.ts";
import type { Config } from "./config.ts";
import type { Rule } from "./rule.ts";

interface ListenerKeys {
  readonly addr: string;
  readonly enabled: string;
  /** Equal addresses of two HTTP listeners are one listener. */
  readonly http: boolean;
  address(server: Config["server"]): Address;
  isEnabled(server: Config["server"]): boolean;
}

const tcp: ListenerKeys = {
  addr: "server.tcp_addr",
  enabled: "server.tcp_enabled",
  http: false,
  address: (server) => server.tcpAddr,
  isEnabled: (server) => server.tcpEnabled,
};

const ws: ListenerKeys = {
  addr: "server.ws_addr",
  enabled: "server.ws_enabled",
  http: true,
  address: (server) => server.wsAddr,
  isEnabled: (server) => server.wsEnabled,
};

const http: ListenerKeys = {
  addr: "server.http_addr",
  enabled: "server.http_enabled",
  http: true,
  address: (server) => server.httpAddr,
  isEnabled: (server) => server.httpEnabled,
};

const health: ListenerKeys = {
  addr: "server.health_addr",
  enabled: "server.health_enabled",
  http: true,
  address: (server) => server.healthAddr,
  // Where it shares the listener of `http_addr`, that one speaks for both.
  isEnabled: (server) =>
    server.healthEnabled && !(server.httpEnabled && server.healthAddr === server.httpAddr),
};

/**
 * A listener that other machines can reach needs authentication or an explicit word that it is not
 * wanted. The health listener serves no client.
 */
function anonymousRules(): Rule[] {
  return [tcp, ws, http].map((listener) => ({
    keys: [listener.addr, listener.enabled, "auth.allow_anonymous"],
    check: ({ server, auth }) => {
      const address = listener.address(server);
      if (!listener.isEnabled(server) || isLoopback(address)) return undefined;
      if (auth.allowAnonymous === true) return undefined;
      return `${formatAddress(address)} can be reached from other machines, and no ` +
        "authentication is configured: set auth.allow_anonymous: true to let anyone connect, " +
        `or bind to loopback (127.0.0.1:${address.port})`;
    },
  }));
}

function overlapRules(): Rule[] {
  const pairs = [[tcp, ws], [tcp, http], [tcp, health], [ws, http], [ws, health], [http, health]];
  return (pairs as [ListenerKeys, ListenerKeys][]).map(([one, other]) => ({
    keys: [one.addr, other.addr, one.enabled, other.enabled],
    check: ({ server }) => {
      if (!one.isEnabled(server) || !other.isEnabled(server)) return undefined;
      const [a, b] = [one.address(server), other.address(server)];
      const shared = one.http && other.http && a.hostname === b.hostname;
      if (!overlap(a, b) || shared) return undefined;
      return `${one.addr} (${formatAddress(a)}) and ${other.addr} ` +
        `(${formatAddress(b)}) cannot both listen on port ${a.port}`;
    },
  }));
}

/** Whom the listeners let in, and whether they fit beside each other. */
export const listenerRules: readonly Rule[] = [...anonymousRules(), ...overlapRules()];
