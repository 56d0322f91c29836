/**
 * TideMQ as a library: start a server inside your own program, or assemble a broker from its parts.
 *
 * @module
 */
export { type Server, type ServerDependencies, startServer } from "./server.ts";
export type { ServerAddress } from "./server.ts";
export type { FirstCredentials } from "./admin/access/first_admin.ts";
export type { Setting } from "./admin/routes/config.ts";
export { Broker } from "./broker/broker.ts";
export type { BrokerDependencies } from "./broker/context.ts";
export type { BrokerLimits } from "./broker/limits.ts";
export type { AccountingReport } from "./broker/accounting.ts";
export type { Config } from "./config/config.ts";
export { configFrom, loadConfig } from "./config/load.ts";
export { ConfigError } from "./config/problem.ts";
export type { ConfigInput } from "./config/schema.ts";
export type { Authenticator, Authorizer } from "./auth/auth.ts";
export type { BrokerObserver } from "./events/observer.ts";
export type { Cluster } from "./cluster/cluster.ts";
export type { Store } from "./storage/store.ts";
export type { Listener, Transport } from "./transport/transport.ts";
export { Message } from "./mqtt/message.ts";
