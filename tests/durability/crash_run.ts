/**
 * Kills the broker again and again, on one directory, while publishers, subscribers and clients with
 * wills are at work; after each start everything is checked that was acknowledged before.
 */
import { SeededRandom } from "../../src/base/random.ts";
import { BrokerLife } from "./broker_life.ts";
import { Findings } from "./findings.ts";
import { Load } from "./load.ts";
import { Population } from "./population.ts";
import { type NameRules, PowerLoss } from "./power_loss.ts";
import { RecoveryCheck } from "./recovery_check.ts";
import { watchedBy } from "./sync_shim.ts";
import { ConnectionLost } from "./wire.ts";

export interface CrashRunOptions {
  /** Of the data, the configuration and what the shim keeps; made by the caller. */
  readonly folder: string;
  readonly shim: string;
  readonly rounds: number;
  readonly seed: number;
  readonly sync: "always" | "interval" | "never";
  /** What is durable of names; `journal` if not given. */
  readonly names?: NameRules;
}

export interface CrashReport {
  readonly findings: Findings;
  /** What was done, for the message of a run that fails. */
  readonly story: string;
  readonly rounds: number;
  /** Rounds in which the broker was killed before it was ready, and while it was being checked. */
  readonly killedAtStart: number;
  readonly killedInCheck: number;
  readonly powerLosses: number;
  /** QoS 1 and 2 messages that the broker has answered for. */
  readonly acknowledged: number;
  /** What came to those who are subscribed to everything. */
  readonly received: number;
  /** QoS 1 messages among it that came again, as they may. */
  readonly repeated: number;
  readonly subscriptionChanges: number;
  readonly willsPublished: number;
  readonly willsDiscarded: number;
}

/** Of a hundred rounds so many … */
const KILLED_AT_START = 12;
const KILLED_SOON = 20;
const POWER_LOSS = 80;
const LARGE_MESSAGES = 25;
/** When the broker is killed at the latest, in milliseconds after it was ready. */
const SOON_MS = 200;
const LIFE_MS = 1_600;
/** Of a hundred messages so many are large, in a round with large ones and in another. */
const MANY_LARGE = 50;
const FEW_LARGE = 1;
/** Longer than any start, until one was measured. */
const START_MS = 500;
const STORY_MAX = 12;
const SEEDS = 2 ** 32;

/** What happens to the broker in one round. */
interface RoundPlan {
  readonly killedAtStart: boolean;
  readonly killedSoon: boolean;
  /** When it is killed: which part of the time that it can have, 0 to 1. */
  readonly when: number;
  readonly largeMessages: boolean;
  /** Draws what a loss of power leaves; undefined: there is none. */
  readonly powerLoss: SeededRandom | undefined;
}

function drawPlan(random: SeededRandom): RoundPlan {
  const chance = (ofHundred: number) => random.below(100) < ofHundred;
  const loss = new SeededRandom(random.below(SEEDS));
  return {
    killedAtStart: chance(KILLED_AT_START),
    killedSoon: chance(KILLED_SOON),
    when: random.below(1000) / 1000,
    largeMessages: chance(LARGE_MESSAGES),
    powerLoss: chance(POWER_LOSS) ? loss : undefined,
  };
}

export async function runCrashes(options: CrashRunOptions): Promise<CrashReport> {
  return await new CrashRun(options).run();
}

class CrashRun {
  readonly #options: CrashRunOptions;
  /** Draws what happens to the broker; not used by what depends on timing, so a seed repeats it. */
  readonly #random: SeededRandom;
  readonly #findings = new Findings();
  readonly #population: Population;
  readonly #load: Load;
  readonly #check: RecoveryCheck;
  readonly #power: PowerLoss;
  readonly #story: string[] = [];
  #startMs = START_MS;
  #established = false;
  #rounds = 0;
  #killedAtStart = 0;
  #killedInCheck = 0;
  #powerLosses = 0;

  constructor(options: CrashRunOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    const free = new SeededRandom(options.seed + 1);
    this.#population = new Population(this.#findings, free);
    this.#load = new Load(this.#population, free);
    this.#check = new RecoveryCheck(this.#population, this.#findings);
    this.#power = new PowerLoss(`${options.folder}/data`, `${options.folder}/keep`);
  }

  async run(): Promise<CrashReport> {
    while (this.#rounds < this.#options.rounds && this.#findings.none) {
      this.#rounds++;
      await this.#round();
    }
    await this.#end();
    return this.#report();
  }

  async #round(): Promise<void> {
    const random = this.#random;
    await this.#power.prepare();
    await using life = await this.#start();
    const plan = drawPlan(random);
    let what = plan.killedAtStart
      ? await this.#killAtStart(life, plan)
      : await this.#live(life, plan);
    if (this.#findings.none && plan.powerLoss !== undefined) {
      this.#powerLosses++;
      what += `; power loss: ${await this.#power.strike(plan.powerLoss, this.#options.names)}`;
    }
    this.#tell(what);
  }

  async #killAtStart(life: BrokerLife, { when }: RoundPlan): Promise<string> {
    this.#killedAtStart++;
    const ms = Math.floor(this.#startMs * when);
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#listen((await life.kill()).err);
    return `killed ${ms} ms after its start`;
  }

  async #live(life: BrokerLife, plan: RoundPlan): Promise<string> {
    const started = performance.now();
    const port = await life.ready();
    this.#startMs = performance.now() - started;
    const ms = Math.floor((plan.killedSoon ? SOON_MS : LIFE_MS) * plan.when);
    const large = plan.largeMessages ? MANY_LARGE : FEW_LARGE;
    const over = () => life.dead;
    if (!this.#established) await this.#establish(port);
    const killed = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      void life.kill().then(({ err }) => {
        this.#listen(err);
        killed.resolve();
      });
    }, ms);
    let where = "under load";
    try {
      await this.#check.run(port, over);
      // What is found is not stirred up further.
      if (this.#findings.none) await this.#load.run({ port, over, large });
    } catch (error) {
      if (error instanceof ConnectionLost && life.dead) {
        where = "while it was checked";
        this.#killedInCheck++;
      } else {
        clearTimeout(timer);
        throw error;
      }
    }
    await killed.promise;
    await this.#allOffline();
    return `killed ${where}, ${ms} ms after it was ready`;
  }

  /** Load begins when everybody is subscribed who has to get everything. */
  async #establish(port: number): Promise<void> {
    this.#established = true;
    await this.#check.establish(port);
  }

  async #allOffline(): Promise<void> {
    const { clients, wills } = this.#population;
    for (const each of [...clients, ...wills.map(({ client }) => client)]) await each.offline;
    for (const will of wills) will.brokerKilled(this.#load.settledAt);
  }

  /** Everybody gets what waits for them; the broker is stopped in order. */
  async #end(): Promise<void> {
    const { offline, clients, wills } = this.#population;
    await this.#power.prepare();
    await using life = await this.#start();
    const port = await life.ready();
    await this.#check.run(port, () => false);
    for (const subscriber of offline) await this.#check.fetch(subscriber, port);
    for (const each of [...clients, ...wills.map(({ client }) => client)]) await each.disconnect();
    this.#listen((await life.stop()).err);
  }

  #start(): Promise<BrokerLife> {
    const { folder, shim, sync } = this.#options;
    return BrokerLife.start({
      folder,
      storage: { type: "leveldb", sync, leveldb: { dir: this.#power.directory } },
      env: watchedBy(shim, this.#power.directory, this.#power.keep),
    });
  }

  /** A crash is no damage, and no reason for an error. */
  #listen(log: string): void {
    for (const line of log.split("\n")) {
      if (/ ERROR /.test(line)) this.#findings.add("damage", line);
    }
  }

  #tell(what: string): void {
    this.#story.push(`round ${this.#rounds}: ${what}`);
    if (this.#story.length > STORY_MAX) this.#story.shift();
  }

  #report(): CrashReport {
    const { online, offline, changing, wills } = this.#population;
    const arrivals = [...online, ...offline].map((each) => each.arrivals);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
    return {
      findings: this.#findings,
      story: this.#story.join("\n  "),
      rounds: this.#rounds,
      killedAtStart: this.#killedAtStart,
      killedInCheck: this.#killedInCheck,
      powerLosses: this.#powerLosses,
      acknowledged: this.#load.acknowledged,
      received: sum(arrivals.map(({ received }) => received)),
      repeated: sum(arrivals.map(({ repeated }) => repeated)),
      subscriptionChanges: sum(changing.map(({ subscriptions }) => subscriptions.changes)),
      willsPublished: sum(wills.map(({ published }) => published)),
      willsDiscarded: sum(wills.map(({ discarded }) => discarded)),
    };
  }
}
