/**
 * Who is not let in, by client id, username or address, until a ban expires or is lifted.
 *
 * | ban  | event                          | next | effect                                          |
 * |------|--------------------------------|------|-------------------------------------------------|
 * | none | added                          | kept | stored; who is connected is disconnected        |
 * | kept | added again                    | kept | replaced                                        |
 * | kept | removed                        | none | deleted from the store                          |
 * | kept | its time is over, asked for    | none | deleted from the store                          |
 */
import type { Clock } from "../base/clock.ts";
import { hostOf } from "../base/host.ts";
import { IpRange } from "../base/ip_range.ts";
import type { Logger } from "../base/log.ts";
import { SortedKeys } from "../base/sorted_keys.ts";
import { type Ban, BanError, type BanList, type BanSubject } from "./auth.ts";

export const BANS_MAX = 10_000;
/** Bans of ranges, which are tried one by one. */
export const RANGES_MAX = 1_000;

const KIND = "bans";
const PAGE = 1_000;

/** What the bans need of the place where they are kept: see the `admin` store. */
export interface BanStorage {
  put(kind: string, key: string, value: unknown): Promise<void>;
  delete(kind: string, key: string): Promise<void>;
  list(
    kind: string,
    options?: { after?: string; limit?: number },
  ): Promise<{ key: string; value: unknown }[]>;
}

export interface BansOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly storage: BanStorage;
  /** Disconnects those whom `applies` selects. */
  readonly onAdded: (applies: (subject: BanSubject) => boolean) => void;
}

interface Kept {
  readonly ban: Ban;
  /** Of an address. */
  readonly range: IpRange | undefined;
}

export class Bans implements BanList {
  readonly #options: BansOptions;
  readonly #bans = new Map<string, Kept>();
  readonly #keys = new SortedKeys();
  /** Those of addresses, by key. */
  readonly #ranges = new Map<string, IpRange>();

  private constructor(options: BansOptions) {
    this.#options = options;
  }

  /** Reads what is stored. Rejects when that cannot be read: nobody is let in by accident. */
  static async open(options: BansOptions): Promise<Bans> {
    const bans = new Bans(options);
    let after: string | undefined;
    for (;;) {
      const page = await options.storage.list(KIND, {
        limit: PAGE,
        ...after === undefined ? {} : { after },
      });
      for (const { value } of page) bans.#keep(value as Ban);
      if (page.length < PAGE) return bans;
      after = page[page.length - 1]!.key;
    }
  }

  get size(): number {
    return this.#bans.size;
  }

  async add(ban: Ban): Promise<void> {
    const key = keyOf(ban);
    if (ban.kind === "address" && IpRange.parse(ban.value) === undefined) {
      throw new BanError(`not an address or a range: ${ban.value}`);
    }
    this.#forgetExpired();
    if (!this.#bans.has(key)) {
      if (this.#bans.size >= BANS_MAX) throw new BanError(`more than ${BANS_MAX} bans`);
      if (ban.kind === "address" && this.#ranges.size >= RANGES_MAX) {
        throw new BanError(`more than ${RANGES_MAX} bans of addresses`);
      }
    }
    await this.#options.storage.put(KIND, key, ban);
    this.#keep(ban);
    const { range } = this.#bans.get(key)!;
    this.#options.onAdded((subject) => applies(ban, range, subject));
  }

  async remove(kind: Ban["kind"], value: string): Promise<boolean> {
    const key = keyOf({ kind, value });
    if (!this.#bans.has(key)) return false;
    await this.#options.storage.delete(KIND, key);
    this.#forget(key);
    return true;
  }

  list(after: Pick<Ban, "kind" | "value"> | undefined, limit: number): Ban[] {
    this.#forgetExpired();
    const keys = this.#keys.after(after && keyOf(after), limit);
    return keys.map((key) => this.#bans.get(key)!.ban);
  }

  find({ clientId, username, remoteAddress }: BanSubject): Ban | undefined {
    return this.#inForce(keyOf({ kind: "client_id", value: clientId })) ??
      (username === undefined
        ? undefined
        : this.#inForce(keyOf({ kind: "username", value: username }))) ??
      this.#findRange(hostOf(remoteAddress));
  }

  #findRange(host: string): Ban | undefined {
    for (const [key, range] of this.#ranges) {
      const ban = range.contains(host) ? this.#inForce(key) : undefined;
      if (ban !== undefined) return ban;
    }
    return undefined;
  }

  #inForce(key: string): Ban | undefined {
    const ban = this.#bans.get(key)?.ban;
    return ban === undefined || isOver(ban, this.#options.clock.now()) ? undefined : ban;
  }

  #keep(ban: Ban): void {
    const key = keyOf(ban);
    const range = ban.kind === "address" ? IpRange.parse(ban.value) : undefined;
    this.#bans.set(key, { ban, range });
    this.#keys.add(key);
    if (range !== undefined) this.#ranges.set(key, range);
  }

  #forget(key: string): void {
    this.#bans.delete(key);
    this.#keys.delete(key);
    this.#ranges.delete(key);
  }

  #forgetExpired(): void {
    const { clock, log, storage } = this.#options;
    const now = clock.now();
    for (const [key, { ban }] of this.#bans) {
      if (!isOver(ban, now)) continue;
      this.#forget(key);
      // What is left over is expired all the same when it is read again.
      storage.delete(KIND, key).catch((error: unknown) => {
        log.warn("cannot delete an expired ban", { error: String(error) });
      });
    }
  }
}

function isOver({ expiresAt }: Ban, now: number): boolean {
  return expiresAt !== undefined && now >= expiresAt;
}

function applies(ban: Ban, range: IpRange | undefined, subject: BanSubject): boolean {
  switch (ban.kind) {
    case "client_id":
      return subject.clientId === ban.value;
    case "username":
      return subject.username === ban.value;
    case "address":
      return range!.contains(hostOf(subject.remoteAddress));
  }
}

function keyOf({ kind, value }: Pick<Ban, "kind" | "value">): string {
  return `${kind}:${value}`;
}
