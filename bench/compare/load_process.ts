import type { LoadReport } from "../load/report.ts";
import type { Scenario } from "../load/scenarios.ts";
import { ROOT } from "../support/broker_process.ts";
import { LOAD_CORE } from "../support/cores.ts";
import type { StartedBroker } from "./brokers/broker.ts";

const GENERATOR = `${ROOT}bench/load/main.ts`;
/** Beyond its seconds a run may take so long to connect, drain and give up. */
const EXTRA_MS = 120_000;

export interface LoadOptions {
  readonly seconds: number;
  readonly warmUp: number;
}

/** Runs the generator on its core. Throws when it could measure nothing. */
export async function runLoadProcess(
  scenario: Scenario,
  broker: StartedBroker,
  { seconds, warmUp }: LoadOptions,
): Promise<LoadReport> {
  const { webSocket } = broker;
  const port = scenario.webSocket ? webSocket!.port : broker.port;
  const flags = {
    "--scenario": scenario.name,
    "--port": port,
    "--pid": broker.pid,
    "--seconds": seconds,
    "--warm-up": warmUp,
    ...(webSocket !== undefined && { "--ws-path": webSocket.path }),
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [flag, `${value}`]);
  const { stdout, stderr } = await new Deno.Command("taskset", {
    args: [
      ...["--cpu-list", `${LOAD_CORE}`, Deno.execPath()],
      ...["run", "--no-prompt", "--allow-ffi", GENERATOR, ...args],
    ],
    stdin: "null",
    signal: AbortSignal.timeout((seconds + warmUp) * 1000 + EXTRA_MS),
  }).output();
  const decoder = new TextDecoder();
  const line = decoder.decode(stdout);
  if (line === "") throw new Error(decoder.decode(stderr).trim() || "it took too long");
  return JSON.parse(line);
}
