import {
  findFragment,
  FRAGMENT_HEADER_SIZE,
  fragmentLength,
  fragmentProblem,
  FragmentType,
} from "./log_format.ts";

/** What a disk writes at once: a write that was interrupted lacks whole sectors. */
const SECTOR_SIZE = 512;

/** What stands in a log behind its first damage. */
export class Aftermath {
  /** Whole records. */
  records = 0;
  /** A sector of zeros. */
  hasZeroSector = false;
  readonly #mayFollow: (bytes: Uint8Array) => boolean;
  #begun = false;

  constructor(mayFollow: (bytes: Uint8Array) => boolean) {
    this.#mayFollow = mayFollow;
  }

  /**
   * The block with the damage, at `offset` of the file and `from` in the block. `resumeAt`: where
   * the next fragment is, when that is known.
   */
  restOfBlock(block: Uint8Array, offset: number, from: number, resumeAt: number | undefined): void {
    this.#lookForZeros(block, offset, from);
    // In this block, and only here, every byte may be the start of the next fragment.
    let at = resumeAt ?? findFragment(block, from + 1);
    while (at !== undefined && at + FRAGMENT_HEADER_SIZE <= block.length) {
      if (isIntact(block, at)) {
        this.#fragment(block, at);
        at += FRAGMENT_HEADER_SIZE + fragmentLength(block, at);
      } else {
        this.#begun = false;
        at = findFragment(block, at + 1);
      }
    }
  }

  /** A block behind the one with the damage: read as LevelDB would read it. */
  block(block: Uint8Array, offset: number): void {
    this.#lookForZeros(block, offset, 0);
    let at = 0;
    while (at + FRAGMENT_HEADER_SIZE <= block.length) {
      if (!isIntact(block, at)) {
        this.#begun = false;
        return;
      }
      this.#fragment(block, at);
      at += FRAGMENT_HEADER_SIZE + fragmentLength(block, at);
    }
  }

  #fragment(block: Uint8Array, at: number): void {
    const type = block[at + 6] as FragmentType;
    if (type === FragmentType.FULL || type === FragmentType.FIRST) {
      const payload = at + FRAGMENT_HEADER_SIZE;
      this.#begun = this.#mayFollow(block.subarray(payload, payload + fragmentLength(block, at)));
    }
    if (type === FragmentType.FULL || type === FragmentType.LAST) {
      if (this.#begun) this.records++;
      this.#begun = false;
    }
  }

  #lookForZeros(block: Uint8Array, offset: number, from: number): void {
    const first = Math.ceil((offset + from) / SECTOR_SIZE) * SECTOR_SIZE - offset;
    for (let at = first; at < block.length && !this.hasZeroSector; at += SECTOR_SIZE) {
      this.hasZeroSector = block.subarray(at, at + SECTOR_SIZE).every((byte) => byte === 0);
    }
  }
}

function isIntact(block: Uint8Array, at: number): boolean {
  return fragmentProblem(block, at) === undefined;
}
