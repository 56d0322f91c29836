import assert from "#assert";
import { comingKeys, explainUnknownKey } from "./refused_keys.ts";
import { keyPaths } from "./schema.ts";

const explain = (path: string) => explainUnknownKey(path, keyPaths.keys());

for (
  const [path, explanation] of [
    ["server.tls", "is not supported yet in this version (TLS)"],
    ["server.tls.cert_file", "is not supported yet in this version (TLS)"],
    ["server.coap_addr", "is not supported yet in this version (the CoAP bridge)"],
    ["server.coap_enabled", "is not supported yet in this version (the CoAP bridge)"],
    [
      "server.metrics_addr",
      "is not supported yet in this version (the export of metrics and traces)",
    ],
    ["cluster", "is not supported yet in this version (clustering)"],
    ["cluster.etcd.bootstrap", "is not supported yet in this version (clustering)"],
    ["storage.badger", "is spelled storage.leveldb"],
    ["storage.badger.dir", "is spelled storage.leveldb.dir"],
    ["webhooks", "is not supported yet in this version (webhooks)"],
    ["webhook", "is spelled webhooks, which is not supported yet in this version (webhooks)"],
    [
      "server.tls_cert_file",
      "is spelled server.tls.cert_file, which is not supported yet in this version (TLS)",
    ],
    [
      "server.tls_client_auth",
      "is spelled server.tls.client_auth, which is not supported yet in this version (TLS)",
    ],
    ["server.tcp_adr", "unknown key: did you mean server.tcp_addr?"],
    ["broker.max_sessions", "unknown key: did you mean session.max_sessions?"],
    ["max_sessions", "unknown key: did you mean session.max_sessions?"],
    ["server.clustering_of_everything", "unknown key"],
    ["server.tlsx", "unknown key"],
  ] as const
) {
  Deno.test(`explainUnknownKey: ${path} ${explanation}`, () => {
    assert.equal(explain(path), explanation);
  });
}

Deno.test("comingKeys: none is a key of this version", () => {
  for (const key of comingKeys.flatMap(({ keys }) => keys)) {
    for (const path of keyPaths.keys()) {
      assert.ok(path !== key && !path.startsWith(`${key}.`), `${path} is supported`);
    }
  }
});
