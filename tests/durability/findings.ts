/**
 * What can be wrong after a crash. `lost`, `duplicated` and `disordered`: messages. `unexpected`: a
 * message that nobody was subscribed to. `session`: gone. `protocol`: an answer that must not be.
 * `damage`: the broker says that its database was damaged.
 */
export type FindingKind =
  | "lost"
  | "duplicated"
  | "disordered"
  | "unexpected"
  | "retained"
  | "will"
  | "session"
  | "protocol"
  | "damage";

const SHOWN_MAX = 20;

/** What was found wrong, gathered so that one run says all of it. */
export class Findings {
  readonly #counts = new Map<FindingKind, number>();
  readonly #shown: string[] = [];

  /** `count` says how many there are of what is described once. */
  add(kind: FindingKind, what: string, count = 1): void {
    this.#counts.set(kind, this.count(kind) + count);
    if (this.#shown.length < SHOWN_MAX) this.#shown.push(`${kind}: ${what}`);
  }

  count(kind: FindingKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  get none(): boolean {
    return this.#counts.size === 0;
  }

  toString(): string {
    const counts = [...this.#counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
    return [counts, ...this.#shown].join("\n  ");
  }
}
