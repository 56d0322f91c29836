import { closest } from "./suggest.ts";

/** Keys of a coming version, by feature. An entry stands for everything below it. */
export const comingKeys: readonly { readonly feature: string; readonly keys: readonly string[] }[] =
  [
    { feature: "TLS", keys: ["server.tls"] },
    { feature: "the CoAP bridge", keys: ["server.coap_addr", "server.coap_enabled"] },
    {
      feature: "the export of metrics and traces",
      keys: [
        "server.metrics_addr",
        "server.metrics_enabled",
        "server.otel_service_name",
        "server.otel_service_version",
        "server.otel_metrics_enabled",
        "server.otel_traces_enabled",
        "server.otel_trace_sample_rate",
      ],
    },
    { feature: "clustering", keys: ["cluster"] },
    { feature: "webhooks", keys: ["webhooks"] },
  ];

/** Spellings that were never keys of this broker but are often tried. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["webhook", "webhooks"],
  ["server.tls_enabled", "server.tls.enabled"],
  ["server.tls_addr", "server.tls.addr"],
  ["server.tls_cert_file", "server.tls.cert_file"],
  ["server.tls_key_file", "server.tls.key_file"],
  ["server.tls_ca_file", "server.tls.ca_file"],
  ["server.tls_client_auth", "server.tls.client_auth"],
  ["storage.badger", "storage.leveldb"],
  ["storage.badger.dir", "storage.leveldb.dir"],
]);

/**
 * Why `path` is not a key: it is one of a coming version, it is spelled otherwise, or it is unknown
 * and one of `known` was meant.
 */
export function explainUnknownKey(path: string, known: Iterable<string>): string {
  const newName = renamed.get(path);
  const feature = comingFeature(newName ?? path);
  const coming = `not supported yet in this version (${feature})`;
  if (newName !== undefined) {
    return `is spelled ${newName}${feature === undefined ? "" : `, which is ${coming}`}`;
  }
  if (feature !== undefined) return `is ${coming}`;
  const meant = meantKey(path, [...known]);
  return meant === undefined ? "unknown key" : `unknown key: did you mean ${meant}?`;
}

function comingFeature(path: string): string | undefined {
  return comingKeys.find(({ keys }) =>
    keys.some((key) => path === key || path.startsWith(`${key}.`))
  )?.feature;
}

/** A key of the right name in another section is a better guess than a similar name in this one. */
function meantKey(path: string, known: readonly string[]): string | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return known.find((key) => key.endsWith(`.${name}`)) ?? closest(path, known);
}
