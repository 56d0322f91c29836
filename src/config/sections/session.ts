import { wholeNumber } from "../values/plain.ts";
import { expirySeconds, sizeBytes } from "../values/quantities.ts";

const KIB = 2 ** 10;
const GIB = 2 ** 30;

/** What the broker keeps for each client, also while the client is away. */
export const sessionKeys = {
  max_sessions: wholeNumber({
    about: "How many sessions exist at once, connected or not. Beyond it a new client is refused " +
      "with reason code 0x97 (MQTT 3.x: server unavailable).",
    default: 1_000_000,
    min: 1,
    max: 100_000_000,
  }),
  default_expiry_interval: expirySeconds({
    about: "How long the session of an MQTT 3.x client that connects with clean session 0 " +
      "outlives its connection. MQTT 5.0 clients say it themselves. " +
      "`max_expiry_interval` caps it.",
    default: "7d",
  }),
  max_expiry_interval: expirySeconds({
    about: "The longest time that a session outlives its connection, whatever the client asks " +
      "for. An MQTT 5.0 client is told the shortened interval.",
    default: "never",
  }),
  max_offline_queue_size: wholeNumber({
    about: "How many messages wait for one session. Beyond it the newest message is dropped for " +
      "that session and counted.",
    default: 1000,
    min: 10,
    max: 10_000_000,
  }),
  max_offline_queue_bytes: sizeBytes({
    about: "How many bytes of messages wait for one session. Beyond it the newest message is " +
      "dropped for that session and counted.",
    default: "16MiB",
    min: KIB,
    max: 64 * GIB,
  }),
  max_inflight_messages: wholeNumber({
    about: "How many QoS 1 and QoS 2 messages the broker has under way to one client. The " +
      "client's Receive Maximum can lower it.",
    default: 100,
    min: 1,
    max: 65_535,
  }),
  max_subscriptions: wholeNumber({
    about: "How many subscriptions one session may have. Beyond it a SUBSCRIBE is answered with " +
      "reason code 0x97.",
    default: 10_000,
    min: 1,
    max: 10_000_000,
  }),
};
