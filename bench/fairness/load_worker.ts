/// <reference lib="deno.worker" />
/** The thread that makes the load. The one that measures goes before it on the core of both. */
import { ClientLoop } from "../load/client_loop.ts";
import { yieldToOthers } from "../load/system_calls.ts";
import { type LoadOrder, LoadPhase, LoadState } from "./load_state.ts";
import { scenarioOf } from "./scenarios.ts";

const NICENESS = 15;
const WAIT_SECONDS = 0.001;

function run({ scenario, port }: LoadOrder, state: LoadState): void {
  yieldToOthers(NICENESS);
  const loop = new ClientLoop({ port, webSocketPath: undefined });
  const heavyWork = scenarioOf(scenario).prepare(loop);
  state.become(LoadPhase.ready);
  while (!state.is(LoadPhase.go)) loop.poll(WAIT_SECONDS);
  heavyWork();
  state.become(LoadPhase.done);
  loop.end(); // The descriptors are the process's, not this thread's.
}

self.onmessage = ({ data }: MessageEvent<LoadOrder>) => {
  const state = new LoadState(data.state);
  try {
    run(data, state);
  } catch (error) {
    console.error(`the load failed: ${(error as Error).message}`);
    state.become(LoadPhase.failed);
  }
  self.close();
};
