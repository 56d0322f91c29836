import type { ClientLoop } from "../load/client_loop.ts";
import type { Connection } from "../load/connection.ts";
import { PacketHeader } from "../load/packets.ts";
import { ScriptedClient } from "../support/scripted_client.ts";

const PREFIX = "$SYS/broker/";
/** None of them may grow while the same clients come and go. */
const WATCHED = ["clients/connected", "clients/total", "subscriptions/count", "retained/count"];

const decoder = new TextDecoder();

/** Reads what the broker says of itself. */
export class SysMonitor extends ScriptedClient {
  readonly #loop: ClientLoop;
  readonly #figures = new Map<string, number>();

  constructor(loop: ClientLoop) {
    super({ clientId: "monitor", filters: [[`${PREFIX}#`]] }, loop);
    this.#loop = loop;
  }

  /** Connections, sessions, subscriptions and retained messages, as they were told last. */
  counts(): Record<string, number> {
    return Object.fromEntries(WATCHED.map((name) => [name, this.#figures.get(name) ?? 0]));
  }

  override packet(connection: Connection, header: number, start: number, end: number): void {
    super.packet(connection, header, start, end);
    if (header >> 4 !== PacketHeader.PUBLISH >> 4) return;
    const { bytes } = this.#loop.received;
    const topicEnd = start + 2 + (bytes[start]! << 8 | bytes[start + 1]!);
    const topic = decoder.decode(bytes.subarray(start + 2, topicEnd));
    const value = Number(decoder.decode(bytes.subarray(topicEnd, end)));
    this.#figures.set(topic.slice(PREFIX.length), value);
  }
}
