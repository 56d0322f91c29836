/**
 * Sending again without a reconnect, for 3.x clients only (`broker.retry_interval`): MQTT 5.0
 * forbids it [MQTT-4.4.0-1].
 */
import type { Timer } from "../base/clock.ts";
import { ReasonCode } from "../mqtt/reason_code.ts";
import type { BrokerContext, ClientSession } from "./context.ts";
import { allowsRetry } from "./reply.ts";

export class RetrySweep {
  readonly #context: BrokerContext;
  #timer: Timer | undefined;

  constructor(context: BrokerContext) {
    this.#context = context;
  }

  start(): void {
    const { retryIntervalMs } = this.#context.limits;
    if (retryIntervalMs === 0) return;
    // Half the interval: a message is sent again after 1 to 1.5 intervals, never earlier.
    this.#timer = this.#context.clock.after(retryIntervalMs / 2, () => {
      for (const session of this.#context.sessions.all()) this.#retry(session);
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #retry(session: ClientSession): void {
    const { connection, outbound } = session;
    if (connection === undefined || !allowsRetry(session.protocolVersion)) return;
    const { retryIntervalMs, retriesMax } = this.#context.limits;
    const now = this.#context.clock.now();
    for (const record of outbound.records()) {
      if (!record.onWire || now - record.sentAt < retryIntervalMs) continue;
      if (connection.output.overHighMark) return;
      if (retriesMax > 0 && record.retries >= retriesMax) {
        connection.end(ReasonCode.UnspecifiedError, "a message stays unacknowledged");
        return;
      }
      record.retries++;
      connection.output.sendRecord(record);
      outbound.sent(record, now);
    }
  }
}
