import { READY_LINE } from "../../../src/cli/banner.ts";
import { requireDisk } from "../../support/filesystem.ts";
import { ROOT, startArguments } from "../../support/broker_process.ts";
import type { ComparedBroker, StartedBroker, StartOptions } from "./broker.ts";
import { PinnedProcess } from "./pinned_process.ts";

/** Ignored by git, on the disk that the repository is on. */
const DATA_FOLDER = `${ROOT}bench/out`;

/** The broker of this project as its `start` task runs it, with LevelDB on a disk. */
export class TideMq implements ComparedBroker {
  readonly name = "tidemq";
  readonly mayFail = false;

  async prepare(): Promise<string> {
    await Deno.mkdir(DATA_FOLDER, { recursive: true });
    await requireDisk(DATA_FOLDER);
    const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
    return `${version} on Deno ${Deno.version.deno}`;
  }

  async start({ durable }: StartOptions): Promise<StartedBroker> {
    const data = await Deno.makeTempDir({ dir: DATA_FOLDER, prefix: "compare-" });
    const settings = {
      "server.tcp_addr": "127.0.0.1:0",
      "server.ws_addr": "127.0.0.1:0",
      "server.http_addr": "127.0.0.1:0",
      "storage.leveldb.dir": data,
      ...(durable && { "storage.sync": "always" }),
    };
    const set = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
    const args = [...await startArguments(), ...set];
    const process = new PinnedProcess(Deno.execPath(), args, ROOT);
    const remove = () => Deno.remove(data, { recursive: true });
    try {
      const [banner] = await process.output(new RegExp(`^[^]*\n${READY_LINE}\n`));
      const tcp = /mqtt:\/\/127\.0\.0\.1:(\d+)/.exec(banner)!;
      const ws = /ws:\/\/127\.0\.0\.1:(\d+)(\/\S*)/.exec(banner)!;
      return {
        pid: process.pid,
        port: Number(tcp[1]),
        webSocket: { port: Number(ws[1]), path: ws[2]! },
        async [Symbol.asyncDispose]() {
          await process[Symbol.asyncDispose]();
          await remove();
        },
      };
    } catch (error) {
      await process[Symbol.asyncDispose]();
      await remove();
      throw error;
    }
  }
}
