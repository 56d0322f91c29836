export interface SoakArguments {
  readonly minutes: number;
  /** Messages a second of all streams; undefined: half of what is measured first. */
  readonly rate: number | undefined;
  /** Whether the committed figures are replaced. */
  readonly save: boolean;
}

export const USAGE = `Usage: deno task bench:soak [OPTIONS]

  --minutes N   How long (10)
  --rate N      Messages a second (half of the maximum, which is measured first)
  --save        Writes bench/results/soak.json; otherwise figures go to bench/out/soak.json
`;

/** Throws an Error that says what is wrong with them. */
export function parseSoakArguments(args: readonly string[]): SoakArguments {
  let minutes = 10;
  let rate: number | undefined;
  let save = false;
  for (let index = 0; index < args.length; index++) {
    const [flag, inline] = args[index]!.split("=", 2);
    const number = (from: number) => {
      const value = Number(inline ?? args[++index]);
      if (!(value >= from)) throw new Error(`${flag} needs a number from ${from}`);
      return value;
    };
    if (flag === "--minutes") minutes = number(1);
    else if (flag === "--rate") rate = number(1);
    else if (flag === "--save") save = true;
    else throw new Error(`Unknown flag ${flag}`);
  }
  return { minutes, rate, save };
}
