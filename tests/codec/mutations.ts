/** Random numbers and damage for the fuzz test, repeatable from a seed and fast. */
export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  randomBytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }

  /** Random bytes behind a first byte and a Remaining Length that fit. */
  randomBody(firstByte: number): Uint8Array {
    const bytes = this.randomBytes(2 + this.below(40));
    bytes[0] = firstByte;
    bytes[1] = bytes.length - 2;
    return bytes;
  }

  /** A damaged copy of `bytes`; mostly the Remaining Length is made to fit afterwards. */
  damaged(bytes: Uint8Array): Uint8Array {
    let damaged: Uint8Array = bytes.slice();
    const times = this.chance(75) ? 1 : 2 + this.below(3);
    for (let i = 0; i < times; i++) damaged = this.#damagedOnce(damaged);
    return this.chance(80) ? withFittingLength(damaged) : damaged;
  }

  #damagedOnce(bytes: Uint8Array): Uint8Array {
    const at = this.below(bytes.length + 1);
    switch (this.below(8)) {
      case 0:
      case 1:
      case 2:
      case 3: // flip a bit
        if (at < bytes.length) bytes[at]! ^= 1 << this.below(8);
        return bytes;
      case 4: // a number at the edge of its range
        if (at < bytes.length) bytes[at] = EDGES[this.below(EDGES.length)]!;
        return bytes;
      case 5: // cut off the end
        return bytes.slice(0, at);
      case 6: // take out a few bytes
        return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + this.below(4)));
      default: // put in a few bytes
        return joined(
          bytes.subarray(0, at),
          this.randomBytes(1 + this.below(4)),
          bytes.subarray(at),
        );
    }
  }
}

const EDGES = [0x00, 0x01, 0x02, 0x03, 0x7f, 0x80, 0xc0, 0xed, 0xf4, 0xff];

/** The packet with the length that it has; only for Remaining Lengths of one byte. */
function withFittingLength(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= 2 && bytes.length <= 129) bytes[1] = bytes.length - 2;
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
}
