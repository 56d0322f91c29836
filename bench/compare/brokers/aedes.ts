import { ROOT } from "../../support/broker_process.ts";
import { commandOutput } from "../../support/command.ts";
import type { ComparedBroker, StartedBroker } from "./broker.ts";
import { startOnItsPort } from "./port_process.ts";

const VERSION = "1.2.0";
/** Ignored by git; no part of this project depends on what is in it. */
const FOLDER = `${ROOT}.cache/bench/aedes-${VERSION}`;
const SERVER = `${ROOT}bench/compare/aedes_server.mjs`;

/** Another broker in JavaScript, in Node, with its storage in memory. */
export class AedesBroker implements ComparedBroker {
  readonly name = "aedes";
  readonly mayFail = true;

  async prepare(): Promise<string> {
    const node = await commandOutput("node", ["--version"]).catch(() => {
      throw new Error("aedes needs Node. On Debian: apt-get install nodejs npm");
    });
    if (!await installed()) {
      await Deno.mkdir(FOLDER, { recursive: true });
      const flags = ["--no-audit", "--no-fund", "--no-save", "--prefix", FOLDER];
      await commandOutput("npm", ["install", ...flags, `aedes@${VERSION}`]);
    }
    return `${VERSION} on Node ${node.trim().replace("v", "")}`;
  }

  async start(): Promise<StartedBroker> {
    return await startOnItsPort("node", [SERVER, FOLDER]);
  }
}

async function installed(): Promise<boolean> {
  try {
    return (await Deno.stat(`${FOLDER}/node_modules/aedes/aedes.js`)).isFile;
  } catch {
    return false;
  }
}
