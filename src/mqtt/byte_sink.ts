/**
 * Where encoders write. An encoder first reserves the exact size of its packet, then fills
 * `bytes` from `position` and moves `position` forward by that size.
 */
export interface ByteSink {
  bytes: Uint8Array;
  position: number;
  /** Afterwards at least `size` bytes from `position` on are writable; may replace `bytes`. */
  reserve(size: number): void;
}
