import type { Logger } from "../base/log.ts";
import { LogWriter } from "../base/log_writer.ts";
import type { Config } from "../config/config.ts";
import { type EffectiveKey, effectiveKeys } from "../config/effective.ts";
import { banner } from "./banner.ts";
import type { Command } from "./command.ts";
import { loadSettings, settingNotes, settingOptions } from "./settings.ts";
import { type RunningServer, StopRequest, stopServer } from "./stop.ts";
import { startFailure } from "./start_failure.ts";

/** A listener of a running server. */
export interface BoundAddress {
  /** The listener of `server.<name>_addr`: `tcp`, `ws`, `http` or `health`. */
  readonly name: string;
  /** `host:port` with the real port; an IPv6 host in brackets. */
  readonly address: string;
}

/** A server as the command line knows it. */
export interface StartedServer extends RunningServer {
  /** One entry a listener; one that two keys share appears under each of the names it has. */
  readonly addresses: readonly BoundAddress[];
  /** What the storage was found to have lost, in plain words; empty: nothing. */
  readonly storageDamage: readonly string[];
  /** What the first start made; undefined when it was not the first, or without the admin API. */
  readonly firstCredentials: FirstCredentials | undefined;
}

/** Shown once, and kept nowhere in a form that can be read. */
export interface FirstCredentials {
  readonly user: string;
  /** Undefined: it was given in a file. */
  readonly password: string | undefined;
  readonly token: string;
}

/** What the command line gives to the server besides its configuration. */
export interface StartDependencies {
  readonly logger: Logger;
  /** The configuration for people, as the admin API shows it. */
  readonly settings: readonly EffectiveKey[];
}

/** Starts everything that `config` asks for; resolves when clients can connect. */
export type StartServer = (config: Config, deps: StartDependencies) => Promise<StartedServer>;

/** `tidemq start` */
export const start: Command = {
  name: "start",
  about: "Runs the broker until it is stopped (this is the default command).",
  options: [
    {
      name: "config",
      short: "c",
      value: "FILE",
      about: "Reads the configuration from a YAML file",
    },
    ...settingOptions,
  ],
  notes: [
    ...settingNotes,
    "",
    "SIGTERM or SIGINT (Ctrl+C) stops the broker in order; a second one ends it at once.",
    "Exit codes: 0 stopped in order; 1 could not start, could not stop in time, or a bug;",
    "130 or 143 ended by a second SIGINT or SIGTERM.",
  ],
  async run(args, system, startServer) {
    const loaded = await loadSettings(args.options.get("config")?.[0], args, system);
    const { config } = loaded;
    const { level, format } = config.log;
    const logger = new LogWriter({ level, format, clock: system.clock, write: system.stderr });
    // After an error that nothing caught, what the broker holds may be wrong: it must not go on.
    using _uncaught = system.onUncaught((error) => {
      logger.error("uncaught error: this is a bug of TideMQ", { stack: stackOf(error) });
      system.exit(1);
    });
    using stopRequest = new StopRequest(system);
    let server: StartedServer;
    try {
      server = await startServer(config, { logger, settings: effectiveKeys(loaded) });
    } catch (error) {
      system.stderr(startFailure(error));
      return 1;
    }
    system.stdout(banner(config, server));
    const signal = await stopRequest.signal;
    logger.info("stopping", { signal });
    return await stopServer(server, config.server.shutdownTimeoutMs, logger, system.clock);
  },
};

function stackOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
