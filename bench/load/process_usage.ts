import process from "node:process";
import { readSmallFile } from "./system_calls.ts";

/** The kernel counts a process's time in these, on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Processor time and memory of the broker, as /proc tells them. */
export class BrokerUsage {
  readonly #pid: number | undefined;

  /** @param pid undefined when nobody knows it: everything is 0 then */
  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  /** Of all its threads, user and system. */
  cpuSeconds(): number {
    const stat = this.#read("stat");
    // The name in parentheses may hold anything, so that the fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS_PER_SECOND;
  }

  residentBytes(): number {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(this.#read("status"))?.[1] ?? 0;
    return Number(kilobytes) * 1024;
  }

  #read(name: string): string {
    if (this.#pid === undefined) return "";
    const text = readSmallFile(`/proc/${this.#pid}/${name}`);
    if (text === undefined) throw new Error(`there is no process ${this.#pid}`);
    return text;
  }
}

/** What this process has used itself, all threads of the runtime included. */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
