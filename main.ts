import { runCli } from "./src/cli/cli.ts";
import { denoSystem } from "./src/cli/deno_system.ts";
import type { StartServer } from "./src/cli/start.ts";

/** Loaded when it is needed: `--help` and `check-config` answer without the broker. */
const startServer: StartServer = async (config, deps) => {
  const server = await import("./src/server.ts");
  return await server.startServer(config, deps);
};

Deno.exit(await runCli(Deno.args, denoSystem(), startServer));
