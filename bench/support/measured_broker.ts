import { READY_LINE } from "../../src/cli/banner.ts";
import { ROOT, startArguments, startEnvironment } from "./broker_process.ts";
import { requireDisk } from "./filesystem.ts";
import { PinnedProcess } from "./pinned_process.ts";

/** Ignored by git, on the disk that the repository is on. */
const DATA_FOLDER = `${ROOT}bench/out`;

/** The broker of this project in a process of its own, pinned to its core, on free ports. */
export interface MeasuredBroker extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly webSocket: { readonly port: number; readonly path: string };
  /** Of its database, which is removed when the broker is disposed. */
  readonly directory: string;
  /** What it said when it was ready. */
  readonly banner: string;
}

/** Makes the folder for databases; returns the file system in words. Throws where it is memory. */
export async function requireDataFolder(): Promise<string> {
  await Deno.mkdir(DATA_FOLDER, { recursive: true });
  return await requireDisk(DATA_FOLDER);
}

/** Name and version of what is measured. */
export async function brokerVersion(): Promise<string> {
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  return `${version} on Deno ${Deno.version.deno}`;
}

/** Starts it as the `start` task does, with LevelDB in a new directory on the disk. */
export async function startMeasuredBroker(
  settings: Readonly<Record<string, string>> = {},
): Promise<MeasuredBroker> {
  const directory = await Deno.makeTempDir({ dir: DATA_FOLDER, prefix: "broker-" });
  const all = {
    "server.tcp_addr": "127.0.0.1:0",
    "server.ws_addr": "127.0.0.1:0",
    "server.http_addr": "127.0.0.1:0",
    "storage.leveldb.dir": directory,
    ...settings,
  };
  const set = Object.entries(all).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
  const process = new PinnedProcess(Deno.execPath(), [...await startArguments(), ...set], {
    cwd: ROOT,
    env: await startEnvironment(),
  });
  const stop = async () => {
    await process[Symbol.asyncDispose]();
    await Deno.remove(directory, { recursive: true });
  };
  try {
    const [banner] = await process.output(new RegExp(`^[^]*\n${READY_LINE}\n`));
    const tcp = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(banner)!;
    const ws = /ws:\/\/127\.0\.0\.1:(\d+)(\/\S*)/.exec(banner)!;
    return {
      pid: process.pid,
      port: Number(tcp[1]),
      webSocket: { port: Number(ws[1]), path: ws[2]! },
      directory,
      banner,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
