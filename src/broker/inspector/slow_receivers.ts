/** The clients that take messages more slowly than they come, at this moment. */
import { compareText, Selection } from "../../base/selection.ts";
import type { TurnGate } from "../../base/turn_gate.ts";
import type { CongestionState } from "../congestion.ts";
import type { Connection } from "../connection.ts";
import { PAGE_ITEMS_MAX, ROWS_PER_TURN } from "./page.ts";

export interface SlowReceiverView {
  readonly clientId: string;
  readonly remoteAddress: string;
  /** `congested`: publishers wait for it; `slow`: nobody does any more. */
  readonly congestion: CongestionState;
  /** Bytes that the network has not taken. */
  readonly pendingBytes: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly dropped: number;
}

export class SlowReceivers {
  readonly #connections: ReadonlySet<Connection>;
  readonly #gate: TurnGate;

  /** `gate` lets a block of rows through, here `ROWS_PER_TURN`. */
  constructor(connections: ReadonlySet<Connection>, gate: TurnGate) {
    this.#connections = connections;
    this.#gate = gate;
  }

  /** Those with the most bytes that wait come first; at most {@linkcode PAGE_ITEMS_MAX}. */
  async list(limit: number): Promise<readonly SlowReceiverView[]> {
    const selection = new Selection<SlowReceiverView>(Math.min(limit, PAGE_ITEMS_MAX), byBacklog);
    let looked = 0;
    for (const connection of this.#connections) {
      if (looked++ % ROWS_PER_TURN === 0) await this.#gate.pass();
      const view = viewOf(connection);
      if (view !== undefined) selection.offer(view);
    }
    return selection.rows;
  }
}

function viewOf({ state, session, output, transport }: Connection): SlowReceiverView | undefined {
  const congestion = output.congestion.state;
  if (session === undefined || state !== "connected" || congestion === "clear") return undefined;
  return {
    clientId: session.clientId,
    remoteAddress: transport.remoteAddress,
    congestion,
    pendingBytes: output.pending,
    queued: session.queue.size,
    queuedBytes: session.queue.bytes,
    dropped: session.dropped,
  };
}

function byBacklog(a: SlowReceiverView, b: SlowReceiverView): number {
  return b.pendingBytes + b.queuedBytes - a.pendingBytes - a.queuedBytes ||
    compareText(a.clientId, b.clientId);
}
