/** Samples of one figure at a fixed distance, as many as fit; those that are missing are gaps. */
export class MetricRing {
  readonly stepMs: number;
  /** NaN: a gap. */
  readonly #values: Float64Array;
  /** The number of the latest step since the epoch; -1 before the first. */
  #latest = -1;

  constructor(stepMs: number, steps: number) {
    this.stepMs = stepMs;
    this.#values = new Float64Array(steps).fill(NaN);
  }

  /** The sample of the step that `at` is in; one that is too old, or out of order by more, is ignored. */
  set(at: number, value: number): void {
    const step = Math.floor(at / this.stepMs);
    const values = this.#values;
    if (step <= this.#latest - values.length) return;
    const skipped = Math.min(step - this.#latest - 1, values.length);
    if (this.#latest >= 0) {
      for (let n = 1; n <= skipped; n++) values[(step - n) % values.length] = NaN;
    }
    values[step % values.length] = value;
    if (step > this.#latest) this.#latest = step;
  }

  /** The samples from `from` to before `to` (milliseconds since the epoch), oldest first, without gaps. */
  points(from: number, to: number): (readonly [at: number, value: number])[] {
    const { stepMs } = this;
    const values = this.#values;
    const first = Math.max(Math.ceil(from / stepMs), this.#latest - values.length + 1);
    const points: [number, number][] = [];
    for (let step = first; step <= this.#latest && step * stepMs < to; step++) {
      const value = values[step % values.length]!;
      if (!Number.isNaN(value)) points.push([step * stepMs, value]);
    }
    return points;
  }
}
