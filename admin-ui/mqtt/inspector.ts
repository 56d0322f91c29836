/** The client of the inspector page: it stays connected while other pages are looked at. */
import { signal } from "@preact/signals";
import type { Publish } from "../../src/mqtt/packets/publish.ts";
import type { SubscribeRequest } from "../../src/mqtt/packets/subscribe.ts";
import { isError, type ReasonCode } from "../../src/mqtt/reason_code.ts";
import { type ConnectOptions, MqttClient, type Outgoing } from "./mqtt_client.ts";
import { reasonText } from "./reason_text.ts";

/** Messages that are kept; the oldest go first. */
export const MESSAGES_MAX = 200;
/** Bytes of all payloads that are kept. */
const BYTES_MAX = 16 * 1024 * 1024;

export interface Arrived {
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  readonly message: Publish;
}

type State =
  | { readonly name: "off"; readonly why: string }
  | { readonly name: "connecting" }
  | { readonly name: "connected"; readonly clientId: string };

export const state = signal<State>({ name: "off", why: "" });
export const subscriptions = signal<readonly SubscribeRequest[]>([]);
/** The newest first. */
export const messages = signal<readonly Arrived[]>([]);

/** Where the broker speaks MQTT on the address of this page; undefined: nowhere. */
export function mqttUrl(): string | undefined {
  const path = document.querySelector<HTMLMetaElement>('meta[name="mqtt-path"]')?.content ?? "";
  if (path === "") return undefined;
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
}

let client: MqttClient | undefined;
let arrivals = 0;

export function connect(url: string, options: ConnectOptions): void {
  client?.close();
  state.value = { name: "connecting" };
  subscriptions.value = [];
  const made: MqttClient = new MqttClient(url, options, {
    connected: (clientId) => state.value = { name: "connected", clientId },
    message: keep,
    ended(why) {
      if (client !== made) return; // Another one has taken its place.
      client = undefined;
      state.value = { name: "off", why };
      subscriptions.value = [];
    },
  });
  client = made;
}

export function disconnect(): void {
  client?.close();
}

function keep(message: Publish): void {
  const arrived = { number: ++arrivals, at: new Date().toISOString(), message };
  const kept: Arrived[] = [];
  let bytes = 0;
  for (const each of [arrived, ...messages.value]) {
    bytes += each.message.payload.length;
    if (kept.length > 0 && (kept.length === MESSAGES_MAX || bytes > BYTES_MAX)) break;
    kept.push(each);
  }
  messages.value = kept;
}

/** Rejects when the broker refuses. */
export async function subscribe(request: SubscribeRequest): Promise<void> {
  refuse(await connected().subscribe(request));
  const others = subscriptions.value
    .filter(({ topicFilter }) => topicFilter !== request.topicFilter);
  subscriptions.value = [...others, request];
}

/** Rejects when the broker refuses. */
export async function unsubscribe(filter: string): Promise<void> {
  refuse(await connected().unsubscribe(filter));
  subscriptions.value = subscriptions.value.filter(({ topicFilter }) => topicFilter !== filter);
}

/** Resolves with what the broker answered, in words; rejects when it refuses. */
export async function publish(outgoing: Outgoing): Promise<string> {
  const reasonCode = await connected().publish(outgoing);
  refuse(reasonCode);
  return outgoing.qos === 0 ? "Sent." : `Acknowledged: ${reasonText(reasonCode)}`;
}

function connected(): MqttClient {
  if (client === undefined) throw new Error("Connect first.");
  return client;
}

function refuse(reasonCode: ReasonCode): void {
  if (isError(reasonCode)) throw new Error(`The broker refused: ${reasonText(reasonCode)}`);
}
