import assert from "#assert";
import type { Inspector } from "../../src/broker/inspector/inspector.ts";
import { configFrom } from "../../src/config/load.ts";
import type { ConfigInput } from "../../src/config/schema.ts";
import { type Server, type ServerDependencies, startServer } from "../../src/server.ts";
import { FREE_PORTS } from "./real_broker.ts";
import { until } from "./until.ts";

/**
 * The whole server in this process, on real sockets and in real time, for tests that look inside.
 * When it is disposed of, its books have to balance and nothing may be left.
 */
export class LocalServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(
    config: ConfigInput = {},
    dependencies: ServerDependencies = {},
  ): Promise<LocalServer> {
    const whole = {
      ...config,
      server: { ...FREE_PORTS, ...config.server },
      storage: { type: "memory", ...config.storage } as const,
      // Tests of the admin API turn it on: the password of a first start takes half a second.
      admin: { enabled: false, ...config.admin },
      broker: { sys_interval: 0, ...config.broker },
    };
    return new LocalServer(await startServer(configFrom(whole), dependencies));
  }

  get inspector(): Inspector {
    return this.#server.broker.inspector;
  }

  get bans(): Server["bans"] {
    return this.#server.bans;
  }

  get firstCredentials(): Server["firstCredentials"] {
    return this.#server.firstCredentials;
  }

  /** `host:port` of the listener of `server.<name>_addr`. */
  addressOf(name: "tcp" | "ws" | "http" | "health"): string {
    return this.#server.addresses.find((each) => each.name === name)!.address;
  }

  /** `host:port` of the TCP listener. */
  get address(): string {
    return this.addressOf("tcp");
  }

  get port(): number {
    return Number(this.address.split(":")[1]);
  }

  /** Every client has gone, and with them every deadline. Sessions and wills may be left. */
  async deserted(): Promise<void> {
    const { inspector } = this;
    await until(
      () => inspector.counts().connections === 0,
      () => JSON.stringify(inspector.counts()),
    );
  }

  assertBalanced(): void {
    const report = this.inspector.accounting();
    assert.equal(report.difference, 0, `the books do not balance: ${JSON.stringify(report)}`);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.assertBalanced();
    } finally {
      await this.close();
    }
    this.assertBalanced();
    const { connections, deadlines } = this.inspector.counts();
    assert.deepEqual({ connections, deadlines }, { connections: 0, deadlines: 0 });
  }
}
