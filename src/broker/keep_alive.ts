/**
 * The two clocks of a connection's input: a client that sends no packet for one and a half times its
 * Keep Alive [MQTT-3.1.2-22], and a peer that stalls before its CONNECT or in the middle of a
 * packet. A connection that we do not read (back-pressure) cannot be late.
 */
import type { Clock } from "../base/clock.ts";
import type { Deadline, Deadlines } from "../base/deadlines.ts";

/** A deadline that comes later than this says more about us than about the client. */
const LATE_MS = 100;

export class KeepAlive {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #stallMs: number;
  readonly #onSilence: () => void;
  readonly #onStall: () => void;
  #limitMs = 0;
  #lastPacketAt = 0;
  #held = false;
  /** The deadline came late, and the input got a second chance to be read. */
  #lookedAgain = false;
  #silence: Deadline | undefined;
  #stall: Deadline | undefined;

  constructor(options: {
    clock: Clock;
    deadlines: Deadlines;
    /** How long a stall may last, in milliseconds. */
    stallMs: number;
    onSilence: () => void;
    onStall: () => void;
  }) {
    this.#clock = options.clock;
    this.#deadlines = options.deadlines;
    this.#stallMs = options.stallMs;
    this.#onSilence = options.onSilence;
    this.#onStall = options.onStall;
  }

  /** The peer has to finish something (its CONNECT, a packet) by a stall's length from now. */
  expectProgress(): void {
    const due = this.#clock.now() + this.#stallMs;
    if (this.#stall === undefined) this.#stall = this.#deadlines.at(due, this.#stalled);
    else this.#stall.moveTo(due);
  }

  /** It has, or owes nothing. */
  settle(): void {
    this.#stall?.cancel();
  }

  /** Starts to watch for silence; `keepAliveSeconds` 0 never does. */
  start(keepAliveSeconds: number): void {
    if (keepAliveSeconds === 0) return;
    this.#limitMs = keepAliveSeconds * 1500;
    this.#lastPacketAt = this.#clock.now();
    this.#silence = this.#deadlines.at(this.#lastPacketAt + this.#limitMs, this.#checkSilence);
  }

  /** A whole packet has arrived. */
  packetReceived(now: number): void {
    this.#lastPacketAt = now;
    this.#lookedAgain = false;
  }

  /** We stop, or start again, to read the peer. */
  set held(held: boolean) {
    this.#held = held;
    if (held) {
      this.#stall?.cancel();
    } else {
      this.#lastPacketAt = this.#clock.now();
    }
  }

  stop(): void {
    this.#silence?.cancel();
    this.#stall?.cancel();
  }

  readonly #stalled = (): void => {
    if (!this.#held) this.#onStall();
  };

  readonly #checkSilence = (): void => {
    const now = this.#clock.now();
    const due = (this.#held ? now : this.#lastPacketAt) + this.#limitMs;
    if (due > now) {
      this.#silence!.moveTo(due);
    } else if (now - due > LATE_MS && !this.#lookedAgain) {
      // The broker was busy, not the client silent: what it has sent may still wait to be read.
      this.#lookedAgain = true;
      this.#silence!.moveTo(now + LATE_MS);
    } else {
      this.#onSilence();
    }
  };
}
