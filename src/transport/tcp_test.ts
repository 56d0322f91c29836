import assert from "#assert";
import { SystemClock } from "../base/system_clock.ts";
import { silentLogger } from "../base/log.ts";
import { parseAddress } from "./address.ts";
import { connectTcp, listenTcp } from "./tcp.ts";
import { transportConformance } from "./transport_conformance.ts";
import type { Transport } from "./transport.ts";

const clock = new SystemClock();
const base = {
  hostname: "127.0.0.1",
  port: 0,
  maxConnections: 100,
  clock,
  logger: silentLogger,
};

transportConformance("tcp", async () => {
  const accepted = Promise.withResolvers<Transport>();
  const listener = listenTcp(base, accepted.resolve);
  const client = await connectTcp({ ...parseAddress(listener.address), clock });
  const server = await accepted.promise;
  return { client, server, dispose: () => listener.close() };
}, { abortIsError: false });

Deno.test("listenTcp: an address in use is a ListenError of one line", async () => {
  const listener = listenTcp(base, () => {});
  assert.throws(() => listenTcp({ ...base, ...parseAddress(listener.address) }, () => {}), {
    name: "ListenError",
    address: listener.address,
    message: `cannot listen on ${listener.address}: the address is in use by another process`,
  });
  await listener.close();
});
