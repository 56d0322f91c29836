import type { Random } from "../../src/base/random.ts";

/** What a run counts time in: one tick for each thing that happens to a message or subscription. */
export class Ticks {
  #now = 0;

  next(): number {
    return ++this.#now;
  }
}

/** Messages of one publisher on one topic at one QoS, numbered from 1. */
export class MessageStream {
  readonly name: string;
  readonly topic: string;
  readonly qos: 1 | 2;
  /** The number of the last message that was sent. */
  sent = 0;
  /** The number of the last message for which the broker answers. */
  acknowledged = 0;
  /** The tick of each message's first sending and of its acknowledgement, from message 1 on. */
  readonly sentAt: number[] = [0];
  readonly acknowledgedAt: number[] = [0];

  constructor(name: string, topic: string, qos: 1 | 2) {
    this.name = name;
    this.topic = topic;
    this.qos = qos;
  }

  /** The next message; it says which one it is, and is `length` bytes longer than that. */
  next(tick: number, length: number): Uint8Array {
    this.sentAt.push(tick);
    return encode(`${this.name} ${++this.sent} ${"x".repeat(length)}`);
  }

  acknowledge(seq: number, tick: number): void {
    this.acknowledgedAt[seq] = tick;
    if (seq > this.acknowledged) this.acknowledged = seq;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encode(text: string): Uint8Array {
  return encoder.encode(text);
}

export function decode(payload: Uint8Array): string {
  return decoder.decode(payload);
}

/** Longer than any name and number. */
const LABEL_BYTES_MAX = 64;

/** Which message of which stream a payload is. */
export function labelOf(payload: Uint8Array): { name: string; seq: number } {
  const [name = "", seq = ""] = decode(payload.subarray(0, LABEL_BYTES_MAX)).split(" ");
  return { name, seq: Number(seq) };
}

const SMALL_BYTES = 300;
const LARGE_BYTES = 60_000;

/** Most messages are small; `large` of a hundred span several blocks of LevelDB's log. */
export function randomLength(random: Random, large: number): number {
  return random.below(random.below(100) < large ? LARGE_BYTES : SMALL_BYTES);
}
