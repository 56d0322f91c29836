/**
 * The figures of the last day at a fixed cost, so that there is a graph before there is anything
 * else that keeps them: each series every ten seconds for an hour, and by minutes (averages) for a
 * day. The minutes outlive a restart; of a crash, the last five of them are lost.
 *
 * Stored in the admin store under {@linkcode KIND}: one value for each hour, with all series, by the
 * time at which the hour begins.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { AdminStore } from "../storage/store.ts";
import { MetricRing } from "./metric_ring.ts";

/** One figure to keep. */
export interface Series {
  readonly name: string;
  /** `counter`: it only grows, and what is kept is by how much a second. */
  readonly kind: "gauge" | "counter";
  readonly read: () => number;
}

/** Series at most: about 15 KB each. */
export const SERIES_MAX = 64;
export const FINE_STEP_MS = 10_000;
export const COARSE_STEP_MS = 60_000;

const FINE_STEPS = 360;
const COARSE_STEPS = 1_440;
const SAVE_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Chunks that are looked at when it starts and when old ones go: a day has 25. */
const CHUNKS_MAX = 200;
const KIND = "metrics_history";

/** The minutes of an hour, by series: `[minute, value]`. */
interface Chunk {
  readonly series: Readonly<Record<string, readonly (readonly [number, number])[]>>;
}

interface Kept {
  readonly series: Series;
  readonly fine: MetricRing;
  readonly coarse: MetricRing;
  last: number;
  /** Of the minute under way. */
  sum: number;
  samples: number;
}

export interface MetricsHistoryOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: AdminStore;
  readonly series: readonly Series[];
  /** Told all values each time, by name, as they are kept. */
  readonly onSample?: (values: Readonly<Record<string, number>>) => void;
}

export class MetricsHistory implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #store: AdminStore;
  readonly #onSample: MetricsHistoryOptions["onSample"];
  readonly #kept = new Map<string, Kept>();
  #lastSample: number;
  #lastSave: number;
  #timer: Timer | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor({ clock, log, store, series, onSample }: MetricsHistoryOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#store = store;
    this.#onSample = onSample;
    for (const each of series.slice(0, SERIES_MAX)) {
      this.#kept.set(each.name, {
        series: each,
        fine: new MetricRing(FINE_STEP_MS, FINE_STEPS),
        coarse: new MetricRing(COARSE_STEP_MS, COARSE_STEPS),
        last: each.read(),
        sum: 0,
        samples: 0,
      });
    }
    this.#lastSample = this.#lastSave = clock.now();
  }

  get names(): string[] {
    return [...this.#kept.keys()];
  }

  /** Restores what is stored, then samples. What cannot be read is logged and missing. */
  async start(): Promise<void> {
    try {
      for (const { key, value } of await this.#store.list(KIND, { limit: CHUNKS_MAX })) {
        this.#restore(Number(key), value as Chunk);
      }
    } catch (error) {
      this.#log.warn("cannot read the history of the metrics", { error: String(error) });
    }
    this.#arm();
  }

  /** Saves what is new. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    this.#save();
    await this.#saving;
  }

  /**
   * Samples of a series from `from` to before `to` (milliseconds since the epoch), oldest first;
   * undefined for a name that is not there. `stepMs`: {@linkcode FINE_STEP_MS}, which reaches back an
   * hour, or {@linkcode COARSE_STEP_MS}, a day.
   */
  points(
    name: string,
    stepMs: typeof FINE_STEP_MS | typeof COARSE_STEP_MS,
    from: number,
    to: number,
  ): (readonly [at: number, value: number])[] | undefined {
    const kept = this.#kept.get(name);
    if (kept === undefined) return undefined;
    return (stepMs === FINE_STEP_MS ? kept.fine : kept.coarse).points(from, to);
  }

  #arm(): void {
    const now = this.#clock.now();
    this.#timer = this.#clock.after(FINE_STEP_MS - now % FINE_STEP_MS, () => {
      this.#sample();
      this.#arm();
    });
  }

  #sample(): void {
    const now = this.#clock.now();
    const seconds = Math.max(1, now - this.#lastSample) / 1000;
    // A sample is about the step that has just ended.
    const at = now - 1;
    const minuteEnds = Math.floor(now / COARSE_STEP_MS) > Math.floor(at / COARSE_STEP_MS);
    const values: Record<string, number> = {};
    for (const [name, kept] of this.#kept) {
      const read = kept.series.read();
      const value = kept.series.kind === "gauge" ? read : Math.max(0, read - kept.last) / seconds;
      kept.last = read;
      values[name] = rounded(value);
      kept.fine.set(at, values[name]);
      kept.sum += value;
      kept.samples++;
      if (!minuteEnds) continue;
      kept.coarse.set(at, rounded(kept.sum / kept.samples));
      kept.sum = 0;
      kept.samples = 0;
    }
    this.#lastSample = now;
    this.#onSample?.(values);
    if (now - this.#lastSave >= SAVE_MS) this.#save();
  }

  /** Writes the hours that have changed since the last time, one after the other. */
  #save(): void {
    const from = Math.floor(this.#lastSave / HOUR_MS) * HOUR_MS;
    const now = this.#clock.now();
    const hours: number[] = [];
    for (let hour = Math.max(from, now - DAY_MS); hour <= now; hour += HOUR_MS) hours.push(hour);
    this.#lastSave = now;
    this.#saving = this.#saving.then(() => this.#write(hours, now)).catch((error: unknown) => {
      this.#log.warn("cannot store the history of the metrics", { error: String(error) });
    });
  }

  async #write(hours: readonly number[], now: number): Promise<void> {
    for (const hour of hours) {
      const begin = Math.floor(hour / HOUR_MS) * HOUR_MS;
      const series: Record<string, (readonly [number, number])[]> = {};
      for (const [name, { coarse }] of this.#kept) {
        series[name] = coarse.points(begin, begin + HOUR_MS).map(([at, value]) =>
          [(at - begin) / COARSE_STEP_MS, value] as const
        );
      }
      await this.#store.put(KIND, keyOf(begin), { series } satisfies Chunk);
    }
    const oldest = keyOf(Math.floor((now - DAY_MS) / HOUR_MS) * HOUR_MS);
    for (const { key } of await this.#store.list(KIND, { limit: CHUNKS_MAX })) {
      if (key >= oldest) return;
      await this.#store.delete(KIND, key);
    }
  }

  #restore(begin: number, { series }: Chunk): void {
    for (const [name, minutes] of Object.entries(series)) {
      const coarse = this.#kept.get(name)?.coarse;
      for (const [minute, value] of minutes) coarse?.set(begin + minute * COARSE_STEP_MS, value);
    }
  }
}

/** In the order of time. */
function keyOf(begin: number): string {
  return String(begin).padStart(15, "0");
}

/** To a thousandth: shorter to store. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
