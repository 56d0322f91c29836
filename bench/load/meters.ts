import process from "node:process";
import { readSmallFile } from "./system_calls.ts";

/** The kernel counts a process's time in these, on every architecture that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** The meters of both processes at one moment: everything but the time is in seconds. */
export interface Reading {
  /** In ms, of the generator's clock. */
  readonly at: number;
  /** What all threads of the broker have used. */
  readonly brokerCpu: number;
  /** How long its main thread was ready to run and did not: the core was taken. */
  readonly brokerWaited: number;
  readonly loadCpu: number;
  readonly loadWaited: number;
}

/** Reads what the kernel knows of the broker and of this process. */
export class Meters {
  readonly #pid: number | undefined;

  /** @param pid of the broker; undefined when nobody knows it: what is its is 0 then */
  constructor(pid: number | undefined) {
    this.#pid = pid;
  }

  read(): Reading {
    const { user, system } = process.cpuUsage();
    return {
      at: performance.now(),
      brokerCpu: this.#pid === undefined ? 0 : cpuSeconds(required(this.#pid, "stat")),
      brokerWaited: this.#pid === undefined ? 0 : waitedSeconds(read(this.#pid, "schedstat")),
      loadCpu: (user + system) / 1e6,
      loadWaited: waitedSeconds(read("self", "schedstat")),
    };
  }

  /** How long the main thread of the broker has run so far, in ms; exact to a tick of the kernel. */
  brokerRanMs(): number {
    return this.#pid === undefined ? 0 : ranSeconds(read(this.#pid, "schedstat")) * 1000;
  }

  /** Of the broker. */
  residentBytes(): number {
    if (this.#pid === undefined) return 0;
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(required(this.#pid, "status"))?.[1] ?? 0;
    return Number(kilobytes) * 1024;
  }
}

function read(pid: number | "self", name: string): string | undefined {
  return readSmallFile(`/proc/${pid}/${name}`);
}

function required(pid: number, name: string): string {
  const text = read(pid, name);
  if (text === undefined) throw new Error(`there is no process ${pid}`);
  return text;
}

/** User and system time in a line of /proc/PID/stat. */
export function cpuSeconds(stat: string): number {
  // The name in parentheses may hold anything, so that the fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The first field of /proc/PID/schedstat; 0 from a kernel that does not count it. */
export function ranSeconds(schedstat: string | undefined): number {
  return Number(schedstat?.split(" ")[0] ?? 0) / 1e9;
}

/** The second field of /proc/PID/schedstat; 0 from a kernel that does not count it. */
export function waitedSeconds(schedstat: string | undefined): number {
  return Number(schedstat?.split(" ")[1] ?? 0) / 1e9;
}
