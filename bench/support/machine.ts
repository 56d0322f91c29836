import { commandOutput } from "./command.ts";

/** What a figure depends on besides the programs. */
export interface Machine {
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly architecture: string;
}

export async function describeMachine(): Promise<Machine> {
  const lscpu = await commandOutput("lscpu", []).catch(() => "");
  return {
    kernel: `${Deno.build.os} ${Deno.osRelease()}`,
    cpu: /^Model name:\s+(.+)$/m.exec(lscpu)?.[1] ?? "unknown",
    cores: navigator.hardwareConcurrency,
    architecture: Deno.build.arch,
  };
}
