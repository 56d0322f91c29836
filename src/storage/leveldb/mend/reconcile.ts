/**
 * Makes the records of a database agree again after some of them were lost. The store keeps counts
 * and references beside what they count (`session_head.ts`, `bodies.ts`) and relies on them; every
 * batch changes both, but what a damaged block took with it was in no batch.
 *
 * A record with a wrong seal goes: nobody can read it, and it would be found again and again. Files
 * that are intact can hold one, when LevelDB has merged a table whose bits had flipped.
 * What belongs to a session whose record is gone goes, and so does a delivery without its body.
 * Summaries, the index of expiries and the counts of bodies are made anew from what there is.
 */
import { type Database, type Entry, EVERYTHING, type Operation } from "../database.ts";
import { FORMAT_VERSION } from "../format.ts";
import {
  bodyCountKey,
  bodyIdOf,
  clientIdOf,
  clientPart,
  deliveryRange,
  FORMAT_KEY,
  type KeyRange,
  sessionKey,
  SessionPart,
  sessionRange,
  Tag,
  tagRange,
} from "../keys.ts";
import { describeKey } from "../key_text.ts";
import { decodeNumber, encodeNumber } from "../records.ts";
import { SessionAudit } from "./session_audit.ts";

/** Operations that are written at once. */
const OPERATIONS_MAX = 1000;

/** Damaged records that are named; more are counted only. */
const NAMED_MAX = 10;

/** What had to be changed; all 0 when everything agreed. */
export interface Reconciled {
  /** Records that could not be read. */
  damaged: number;
  /** What the first of them were, in plain words. */
  readonly damagedNamed: string[];
  /** Sessions whose record is gone and of which something was left. */
  sessionsWithoutRecord: number;
  /** Deliveries that cannot be made: their body is gone, or they are. */
  deliveries: number;
  /** Counts, summaries and entries of an index that were wrong or gone. */
  corrections: number;
}

/** Makes `database`, which nobody else uses, agree with itself. */
export async function reconcile(database: Database): Promise<Reconciled> {
  return await new Reconciliation(database, (operations) => database.write(operations, true)).run();
}

/** Whether {@linkcode reconcile} has nothing to do. Only reads. */
export async function agrees(database: Database): Promise<boolean> {
  for await (const _damaged of database.damagedKeys(EVERYTHING)) return false;
  const { sessionsWithoutRecord, deliveries, corrections } = await new Reconciliation(
    database,
    () => Promise.resolve(),
  ).run();
  return sessionsWithoutRecord + deliveries + corrections === 0;
}

class Reconciliation {
  readonly #database: Database;
  readonly #write: (operations: Operation[]) => Promise<void>;
  readonly #done: Reconciled = {
    damaged: 0,
    damagedNamed: [],
    sessionsWithoutRecord: 0,
    deliveries: 0,
    corrections: 0,
  };
  readonly #operations: Operation[] = [];
  /** How many deliveries refer to each body that there is. */
  readonly #references = new Map<number, number>();

  /** `write` makes the changes durable, each time it is called. */
  constructor(database: Database, write: (operations: Operation[]) => Promise<void>) {
    this.#database = database;
    this.#write = write;
  }

  async run(): Promise<Reconciled> {
    await this.#dropDamaged();
    await this.#keepFormat();
    for await (const [key] of this.#entries(tagRange(Tag.BODY))) {
      this.#references.set(bodyIdOf(key), 0);
    }
    await this.#dropForgotten(Tag.SESSION);
    await this.#dropForgotten(Tag.DELIVERY);
    await this.#auditSessions();
    await this.#countBodies();
    await this.#flush();
    return this.#done;
  }

  async #dropDamaged(): Promise<void> {
    for await (const keys of this.#database.damagedKeys(EVERYTHING)) {
      for (const key of keys) {
        if (++this.#done.damaged <= NAMED_MAX) this.#done.damagedNamed.push(describeKey(key));
        await this.#add({ key, value: undefined });
      }
    }
    await this.#flush();
  }

  /** Without its format the database would pass for somebody else's. */
  async #keepFormat(): Promise<void> {
    if (await this.#database.get(FORMAT_KEY) !== undefined) return;
    this.#done.corrections++;
    await this.#add({ key: FORMAT_KEY, value: encodeNumber(FORMAT_VERSION) });
  }

  /** Drops what belongs to clients without a session. */
  async #dropForgotten(tag: typeof Tag.SESSION | typeof Tag.DELIVERY): Promise<void> {
    for await (const clientId of this.#clients(tag)) {
      const client = clientPart(clientId);
      const record = sessionKey(client, SessionPart.RECORD);
      if (await this.#database.get(record) !== undefined) continue;
      this.#done.sessionsWithoutRecord++;
      await this.#dropAll(sessionRange(client, SessionPart.RECORD, SessionPart.SUBSCRIPTION));
      await this.#dropAll(deliveryRange(client, -1));
    }
    await this.#flush();
  }

  /** The clients that own keys of this kind. */
  async *#clients(tag: Tag): AsyncGenerator<string> {
    let last: string | undefined;
    for await (const [key] of this.#entries(tagRange(tag))) {
      const clientId = clientIdOf(key);
      if (clientId !== last) yield clientId;
      last = clientId;
    }
  }

  /** Checks each session against its deliveries, and makes the index of expiries anew. */
  async #auditSessions(): Promise<void> {
    const due = new Map<string, Operation>();
    for await (const clientId of this.#clients(Tag.SESSION)) {
      const audit = new SessionAudit(clientId, this.#references);
      const { client } = audit;
      const range = sessionRange(client, SessionPart.RECORD, SessionPart.MOVED);
      for await (const [key, value] of this.#entries(range)) audit.owned(key, value);
      for await (const [key, value] of this.#entries(deliveryRange(client, -1))) {
        audit.delivery(key, value);
      }
      const { operations, deliveries, corrections, expiry } = audit.finish();
      this.#done.deliveries += deliveries;
      this.#done.corrections += corrections;
      for (const operation of operations) await this.#add(operation);
      if (expiry !== undefined) due.set(textOf(expiry.key), expiry);
    }
    for await (const [key] of this.#entries(tagRange(Tag.EXPIRY))) {
      if (!due.delete(textOf(key))) await this.#correct({ key, value: undefined });
    }
    for (const operation of due.values()) await this.#correct(operation);
  }

  /** Corrects the counts of bodies, and drops those that nobody refers to. */
  async #countBodies(): Promise<void> {
    const counted = new Set<number>();
    for await (const [key, value] of this.#entries(tagRange(Tag.BODY_COUNT))) {
      const id = bodyIdOf(key);
      const references = this.#references.get(id) ?? 0;
      if (references === 0) await this.#correct({ key, value: undefined });
      else if (references === decodeNumber("count", value)) counted.add(id);
    }
    for await (const [key] of this.#entries(tagRange(Tag.BODY))) {
      const id = bodyIdOf(key);
      const references = this.#references.get(id)!;
      if (references === 0) await this.#correct({ key, value: undefined });
      else if (!counted.has(id)) {
        await this.#correct({ key: bodyCountKey(id), value: encodeNumber(references) });
      }
    }
  }

  async #dropAll(range: KeyRange): Promise<void> {
    for await (const [key] of this.#entries(range)) await this.#add({ key, value: undefined });
  }

  async *#entries(range: KeyRange): AsyncGenerator<Entry> {
    for await (const entries of this.#database.pages(range)) yield* entries;
  }

  async #correct(operation: Operation): Promise<void> {
    this.#done.corrections++;
    await this.#add(operation);
  }

  async #add(operation: Operation): Promise<void> {
    this.#operations.push(operation);
    if (this.#operations.length >= OPERATIONS_MAX) await this.#flush();
  }

  async #flush(): Promise<void> {
    const operations = this.#operations.splice(0);
    if (operations.length > 0) await this.#write(operations);
  }
}

/** The same for the same bytes, whatever class of array has them. */
function textOf(key: Uint8Array): string {
  return key.join();
}
