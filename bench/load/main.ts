/**
 * The load generator: one scenario against one broker on this machine, one line of JSON.
 *
 *     deno run --allow-ffi bench/load/main.ts --port 1883 --scenario a
 *
 * Exit code 0: a figure; 1: the broker has lost or repeated something, or broken the protocol;
 * 2: nothing could be measured.
 */
import { parseLoadArguments, USAGE } from "./arguments.ts";
import { LIMIT_CPU_SHARE } from "./report.ts";
import { runLoad } from "./run.ts";

function main(args: readonly string[]): number {
  if (args.includes("--help") || args.length === 0) {
    console.log(USAGE);
    return 0;
  }
  const options = parseLoadArguments(args);
  const report = runLoad(options);
  console.log(JSON.stringify(report));
  if (report.loadWasLimit) {
    const percent = LIMIT_CPU_SHARE * 100;
    console.error(`the generator used more than ${percent} % of a core: it may be the limit`);
  }
  if (report.failure !== undefined) console.error(`failed: ${report.failure}`);
  return report.failure === undefined ? 0 : 1;
}

try {
  Deno.exit(main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
