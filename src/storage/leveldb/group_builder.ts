import { BATCH_NUMBER_KEY, bodyCountKey, bodyKey, sessionKey, SessionPart } from "./keys.ts";
import type { BodyCounts } from "./bodies.ts";
import type { Operation } from "./database.ts";
import { encodeNumber, encodeSummary } from "./records.ts";
import type { SessionHead, SessionHeads } from "./session_head.ts";

/** The operations of one physical batch, as its writes add them. */
export class GroupBuilder {
  /** Of this batch; each is one more than the one before. */
  readonly number: number;
  readonly heads: SessionHeads;
  readonly bodies: BodyCounts;
  readonly operations: Operation[];
  readonly #changed = new Set<SessionHead>();
  #positions = 0;

  constructor(number: number, heads: SessionHeads, bodies: BodyCounts) {
    this.number = number;
    this.heads = heads;
    this.bodies = bodies;
    // First, so that whoever scans the log finds it: see `log_tail.ts`.
    this.operations = [{ key: BATCH_NUMBER_KEY, value: encodeNumber(number) }];
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.operations.push({ key, value });
  }

  delete(key: Uint8Array): void {
    this.operations.push({ key, value: undefined });
  }

  /** A place behind all that were given out before, in this batch or an earlier one. */
  nextPosition(): { readonly batch: number; readonly index: number } {
    return { batch: this.number, index: this.#positions++ };
  }

  /** The session's summary is written at the end, if it has changed by then. */
  touch(head: SessionHead): void {
    this.#changed.add(head);
  }

  /** One delivery less refers to the body; 0: there was none. */
  dropReference(bodyId: number): void {
    if (bodyId !== 0 && this.bodies.remove(bodyId)) this.delete(bodyKey(bodyId));
  }

  /** Adds what was held back until now. */
  finish(): readonly Operation[] {
    for (const head of this.#changed) {
      if (!head.summaryChanged) continue;
      head.summaryChanged = false;
      this.put(sessionKey(head.client, SessionPart.SUMMARY), encodeSummary(head));
    }
    for (const { id, count } of this.bodies.takeChanged()) {
      if (count > 0) this.put(bodyCountKey(id), encodeNumber(count));
      else this.delete(bodyCountKey(id));
    }
    return this.operations;
  }
}
