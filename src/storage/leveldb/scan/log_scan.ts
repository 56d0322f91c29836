/**
 * Reads a file of LevelDB's log format to its first damage, and looks what is behind it.
 *
 * LevelDB's own reader goes on behind damage: it drops the rest of the block, finds its place again
 * at the next one and gives out what follows as if nothing was missing. For a log of writes that
 * is worse than to stop: what comes later may rest on what is gone. So here a log is intact up to
 * its first damage and not a byte further. What follows is looked at for one reason: to tell damage
 * from a write that was interrupted.
 *
 * Interrupted is the last record of a file when nothing whole follows it, and the file ends within
 * it or holds zeros there: the length of a file can reach the disk before its contents do. No
 * acknowledgement rests on such a record (with `sync: always`), and nothing has to be said to be
 * lost. Whole means a whole record: fragments of the interrupted record itself may have reached the
 * disk before its beginning did.
 */
import { Aftermath } from "./aftermath.ts";
import {
  CUT_OFF,
  FRAGMENT_HEADER_SIZE,
  fragmentLength,
  type FragmentProblem,
  fragmentProblem,
  FragmentType,
  LOG_BLOCK_SIZE,
} from "./log_format.ts";

/** Takes the records of a log, in order, as their fragments come. */
export interface RecordSink {
  /** The next record begins, at `offset` of the file. */
  begin(offset: number): void;
  /** More of the record; `bytes` are valid during the call. */
  data(bytes: Uint8Array): void;
  /** The record is complete and ends before `offset`. What is wrong with it, if anything is. */
  end(offset: number): string | undefined;
  /** Whether a record that starts with `bytes` can come later than those that were given. */
  mayFollow(bytes: Uint8Array): boolean;
}

/** Where and how a log stops being intact. */
export interface LogBreak {
  /** Where the record begins that is not intact: everything before this is. */
  readonly offset: number;
  /** Where exactly it was seen; not below `offset`. */
  readonly seenAt: number;
  readonly reason: string;
  /** `interrupted`: the end of the file, as a crash leaves it. `damage`: anything else. */
  readonly kind: "damage" | "interrupted";
  /** LevelDB takes it for the end of the file, or reads over it, and opens. */
  readonly passedOver: boolean;
  /** How many whole records were found behind it. */
  readonly recordsBehind: number;
}

export interface LogOutcome {
  /** Intact records. */
  readonly records: number;
  /** The length of the file. */
  readonly bytes: number;
  readonly break: LogBreak | undefined;
}

/** Takes a file block by block. */
export class LogScan {
  readonly #sink: RecordSink;
  #offset = 0;
  #records = 0;
  /** Where the record began of which some fragments were read. */
  #begun: number | undefined;
  #begunIsEmpty = false;
  #found: Found | undefined;
  #aftermath: Aftermath | undefined;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** True from the first damage on. */
  get broken(): boolean {
    return this.#found !== undefined;
  }

  /** The next block: of {@linkcode LOG_BLOCK_SIZE} bytes, shorter only at the end of the file. */
  push(block: Uint8Array): void {
    if (this.#aftermath === undefined) this.#read(block);
    else this.#aftermath.block(block, this.#offset);
    this.#offset += block.length;
  }

  /** The end of the file. */
  finish(): LogOutcome {
    if (this.#found === undefined && this.#begun !== undefined) this.#break(this.#offset, CUT_OFF);
    return { records: this.#records, bytes: this.#offset, break: this.#outcome() };
  }

  #outcome(): LogBreak | undefined {
    if (this.#found === undefined) return undefined;
    const { offset, seenAt, problem: { reason, interrupted } } = this.#found;
    const { records: recordsBehind, hasZeroSector } = this.#aftermath ?? NOTHING_BEHIND;
    const torn = interrupted === "yes" || (interrupted === "zeros" && hasZeroSector);
    const kind = torn && recordsBehind === 0 ? "interrupted" : "damage";
    return { offset, seenAt, reason, kind, passedOver: interrupted === "yes", recordsBehind };
  }

  #read(block: Uint8Array): void {
    let at = 0;
    while (at + FRAGMENT_HEADER_SIZE <= block.length) {
      const end = at + FRAGMENT_HEADER_SIZE + fragmentLength(block, at);
      const broken = fragmentProblem(block, at);
      if (broken !== undefined) return this.#breakIn(block, at, broken, undefined);
      const misplaced = this.#place(block[at + 6] as FragmentType, at, end);
      if (misplaced !== undefined) return this.#breakIn(block, at, misplaced, at);
      const wrong = this.#pass(block, at, end);
      if (wrong !== undefined) return this.#breakIn(block, at, wrong, end);
      at = end;
    }
    // Behind the last place where a header fits, a block is filled up: with nothing that counts.
    const cutOff = at < block.length && at + FRAGMENT_HEADER_SIZE <= LOG_BLOCK_SIZE;
    if (cutOff) this.#break(this.#offset + at, CUT_OFF);
  }

  /** Begins a record where one begins. What is wrong when a fragment does not follow its forerunner. */
  #place(type: FragmentType, at: number, end: number): FragmentProblem | undefined {
    if (type === FragmentType.MIDDLE || type === FragmentType.LAST) {
      return this.#begun === undefined ? NO_BEGINNING : undefined;
    }
    // Old writers could leave an empty FIRST at the end of a block and begin anew in the next.
    if (this.#begun !== undefined && !this.#begunIsEmpty) return NO_END;
    this.#begun = this.#offset + at;
    this.#begunIsEmpty = end === at + FRAGMENT_HEADER_SIZE;
    this.#sink.begin(this.#begun);
    return undefined;
  }

  /** Hands the payload of a fragment out. What is wrong with the record, when it ends here. */
  #pass(block: Uint8Array, at: number, end: number): FragmentProblem | undefined {
    const type = block[at + 6] as FragmentType;
    this.#sink.data(block.subarray(at + FRAGMENT_HEADER_SIZE, end));
    if (type === FragmentType.FIRST) return undefined;
    this.#begunIsEmpty = false;
    if (type === FragmentType.MIDDLE) return undefined;
    const reason = this.#sink.end(this.#offset + end);
    if (reason !== undefined) return { reason, interrupted: "no" };
    this.#begun = undefined;
    this.#records++;
    return undefined;
  }

  /** `resumeAt`: where the next fragment is, when that is known. */
  #breakIn(
    block: Uint8Array,
    at: number,
    problem: FragmentProblem,
    resumeAt: number | undefined,
  ): void {
    this.#break(this.#offset + at, problem);
    this.#aftermath = new Aftermath((bytes) => this.#sink.mayFollow(bytes));
    this.#aftermath.restOfBlock(block, this.#offset, at, resumeAt);
  }

  #break(seenAt: number, problem: FragmentProblem): void {
    this.#found = { offset: this.#begun ?? seenAt, seenAt, problem };
  }
}

interface Found {
  readonly offset: number;
  readonly seenAt: number;
  readonly problem: FragmentProblem;
}

const NOTHING_BEHIND = { records: 0, hasZeroSector: false };

const NO_BEGINNING: FragmentProblem = {
  reason: "a record without its beginning",
  interrupted: "no",
};
const NO_END: FragmentProblem = { reason: "a record without its end", interrupted: "no" };
