import type { ClientLoop } from "../load/client_loop.ts";
import { publishTemplate, type QoS } from "../load/packets.ts";
import { ScriptedClient } from "../support/scripted_client.ts";

/** Client ids that come and go; bounded, so that every count has a ceiling. */
const CLIENTS = 200;
const STEPS_PER_SECOND = 50;
const STEPS_AT_ONCE_MAX = 20;
const SIZE = 64;

/**
 * Clients that come and go all the time, one step after the other: every second one has a
 * persistent session, every third a will; they leave with DISCONNECT or without a word, or another
 * connection takes their session over. All have retained messages and get those of the others.
 */
export class Churn {
  readonly #loop: ClientLoop;
  readonly #clients: (ScriptedClient | undefined)[] = Array(CLIENTS).fill(undefined);
  #steps = 0;

  constructor(loop: ClientLoop) {
    this.#loop = loop;
  }

  /** The first thing that should not have happened to a client. */
  get failure(): string | undefined {
    return this.#clients.find((client) => client?.failure !== undefined)?.failure;
  }

  /** Does what is due `seconds` after the beginning. */
  run(seconds: number): void {
    const due = Math.min(Math.floor(seconds * STEPS_PER_SECOND), this.#steps + STEPS_AT_ONCE_MAX);
    while (this.#steps < due) this.#step(this.#steps++);
  }

  #step(step: number): void {
    const index = step % CLIENTS;
    const round = Math.floor(step / CLIENTS) + index;
    const client = this.#clients[index];
    if (client === undefined) return this.#connect(index);
    if (!client.ready) return; // the broker is behind: next time
    if (round % 3 === 0) {
      client.expectEnd();
      return this.#connect(index);
    }
    client.send(retained(index));
    if (round % 3 === 1) client.disconnect();
    else client.vanish();
    this.#clients[index] = undefined;
  }

  #connect(index: number): void {
    const will = { topic: `gone/${index}`, payload: "gone", qos: (index % 3) as QoS };
    const client = new ScriptedClient({
      clientId: `churn-${index}`,
      cleanSession: index % 2 === 0,
      qos: (index % 3) as QoS,
      filters: [["churn/+/state", `gone/${(index + 1) % CLIENTS}`, `own/${index}/#`]],
      ...(index % 3 === 0 && { will }),
    }, this.#loop);
    this.#clients[index] = client;
    this.#loop.add(client);
  }
}

function retained(index: number): Uint8Array {
  const { bytes } = publishTemplate(`churn/${index}/state`, { qos: 0, retain: true, size: SIZE });
  return bytes;
}
