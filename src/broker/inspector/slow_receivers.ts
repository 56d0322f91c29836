/** The clients that take messages more slowly than they come, at this moment. */
import { compareText, Selection } from "../../base/selection.ts";
import type { CongestionState } from "../congestion.ts";
import type { Connection } from "../connection.ts";
import { PAGE_ITEMS_MAX } from "./page.ts";
import type { RowGate } from "./row_gate.ts";

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
  readonly #gate: RowGate;

  constructor(connections: ReadonlySet<Connection>, gate: RowGate) {
    this.#connections = connections;
    this.#gate = gate;
  }

  /** Those with the most bytes that wait come first; at most {@linkcode PAGE_ITEMS_MAX}. */
  async list(limit: number): Promise<readonly SlowReceiverView[]> {
    const selection = new Selection<SlowReceiverView>(Math.min(limit, PAGE_ITEMS_MAX), byBacklog);
    for (const connection of this.#connections) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
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
