/** Randomness, as the broker is allowed to see it: injected, so that a run repeats from its seed. */
export interface Random {
  /** A whole number in `0 … limit - 1`; `limit` is in `1 … 2^32`. */
  below(limit: number): number;
  /** `length` random bytes, newly allocated. */
  bytes(length: number): Uint8Array;
}

/** `length` random bytes in lower-case hexadecimal (two characters a byte). */
export function randomHex(random: Random, length: number): string {
  let text = "";
  for (const byte of random.bytes(length)) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** Cryptographic randomness of the runtime. Named in `server.ts` only. */
export class SystemRandom implements Random {
  below(limit: number): number {
    return crypto.getRandomValues(new Uint32Array(1))[0]! % limit;
  }

  bytes(length: number): Uint8Array {
    return crypto.getRandomValues(new Uint8Array(length));
  }
}

/** Repeatable randomness for tests and simulations (xorshift32 from a seed). Not for secrets. */
export class SeededRandom implements Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = (seed | 0) || 0x9e3779b9;
  }

  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return (x >>> 0) % limit;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.below(256);
    return bytes;
  }
}
