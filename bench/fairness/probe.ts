import { ClientLoop } from "../load/client_loop.ts";
import type { Connection } from "../load/connection.ts";
import { PacketHeader, PINGREQ } from "../load/packets.ts";
import { ScriptedClient } from "../support/scripted_client.ts";
import type { Meters } from "../load/meters.ts";
import { type RoundTrip, type RoundTrips, summarizeRoundTrips } from "./round_trips.ts";

const PERIOD_MS = 1;
const WAIT_SECONDS_MIN = 20e-6;
const WAIT_SECONDS_MAX = 0.001;
/** Without an answer for so long the broker is taken for dead. */
const SILENCE_MS_MAX = 60_000;

/**
 * Times PINGREQ round trips. A ping leaves every millisecond whether or not the last one was
 * answered, and is timed from the moment when it was due: while the broker is held, every
 * millisecond counts, not one ping only.
 *
 * Beside the time that passed it takes the time that the broker's main thread has run meanwhile: on
 * a machine that others use as well, that is what the broker itself made them wait.
 */
export class Probe {
  readonly #loop: ClientLoop;
  readonly #client: PingingClient;

  constructor(port: number, meters: Meters) {
    this.#loop = new ClientLoop({ port, webSocketPath: undefined });
    this.#client = new PingingClient(this.#loop, meters);
    this.#loop.connect([this.#client]);
  }

  /** Pings until `done`, then waits for the answers. Does not give the event loop back. */
  record(done: () => boolean): RoundTrips {
    const client = this.#client;
    client.roundTrips = [];
    for (let due = performance.now(); !done();) {
      client.readMeter();
      for (const now = performance.now(); due <= now; due += PERIOD_MS) client.ping(due);
      this.#poll((due - performance.now()) / 1000);
    }
    while (client.outstanding > 0) this.#poll(WAIT_SECONDS_MAX);
    return summarizeRoundTrips(client.roundTrips);
  }

  #poll(seconds: number): void {
    this.#loop.poll(Math.min(Math.max(seconds, WAIT_SECONDS_MIN), WAIT_SECONDS_MAX));
    if (this.#client.failure !== undefined) throw new Error(this.#client.failure);
    if (this.#client.silenceMs > SILENCE_MS_MAX) throw new Error("no ping is answered any more");
  }
}

class PingingClient extends ScriptedClient {
  roundTrips: RoundTrip[] = [];
  /** Pings without an answer: those from `#oldest` on. */
  #sent: { readonly due: number; readonly ranMs: number }[] = [];
  #oldest = 0;
  readonly #meters: Meters;
  #ranMs = 0;

  constructor(loop: ClientLoop, meters: Meters) {
    super({ clientId: `probe-${Deno.pid}` }, loop);
    this.#meters = meters;
  }

  get outstanding(): number {
    return this.#sent.length - this.#oldest;
  }

  /** For how long the oldest ping has had no answer. */
  get silenceMs(): number {
    return this.outstanding === 0 ? 0 : performance.now() - this.#sent[this.#oldest]!.due;
  }

  /** The pings that follow are sent at this time of the broker. */
  readMeter(): void {
    this.#ranMs = this.#meters.brokerRanMs();
  }

  /** `due` is in ms. */
  ping(due: number): void {
    this.#sent.push({ due, ranMs: this.#ranMs });
    this.send(PINGREQ);
  }

  override packet(connection: Connection, header: number, start: number, end: number): void {
    if (header !== PacketHeader.PINGRESP) return super.packet(connection, header, start, end);
    const { due, ranMs } = this.#sent[this.#oldest++]!;
    this.roundTrips.push({
      ms: performance.now() - due,
      brokerMs: this.#meters.brokerRanMs() - ranMs,
    });
    if (this.outstanding > 0) return;
    this.#sent = [];
    this.#oldest = 0;
  }
}
