import { choice, qos, toggle, wholeNumber } from "../values/plain.ts";
import { protocolVersions } from "../values/protocol_versions.ts";
import { durationMs, durationSeconds, sizeBytes } from "../values/quantities.ts";

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const KIB = 2 ** 10;
const MIB = 2 ** 20;

/** What the broker offers to clients, and what it allows them. */
export const brokerKeys = {
  max_message_size: sizeBytes({
    about: "The largest payload of a PUBLISH. The Maximum Packet Size that MQTT 5.0 clients are " +
      "told follows from it.",
    default: "1MiB",
    min: KIB,
    // A packet ends at 256 MiB; the last MiB is left for the topic and the properties.
    max: 255 * MIB,
  }),
  max_retained_messages: wholeNumber({
    about: "How many retained messages are kept. Beyond it a retained message to a new topic is " +
      "refused with reason code 0x97.",
    default: 1_000_000,
    min: 0,
    max: 100_000_000,
  }),
  max_keep_alive: durationSeconds({
    about: "The longest keep-alive that an MQTT 5.0 client gets: one that asks for more, or for " +
      "none, is told this as Server Keep Alive. MQTT 3.x clients cannot be told and keep theirs.",
    default: "0",
    min: 1,
    max: 65_535,
    zero: "off",
  }),
  receive_maximum: wholeNumber({
    about: "How many QoS 1 and QoS 2 messages a client may have under way to the broker. An " +
      "MQTT 5.0 client that exceeds it is disconnected with reason code 0x93.",
    default: 1024,
    min: 1,
    max: 65_535,
  }),
  topic_alias_maximum: wholeNumber({
    about: "How many topic aliases an MQTT 5.0 client may set on its connection, and how many " +
      "the broker sets towards a client that allows them. 0 switches them off.",
    default: 64,
    min: 0,
    max: 65_535,
  }),
  maximum_qos: qos({
    about: "The highest QoS that is accepted from publishers and granted to subscribers.",
    default: 2,
  }),
  retain_available: toggle({
    about: "Accepts retained messages. Where it is `false`, an MQTT 5.0 client that sends one is " +
      "disconnected with reason code 0x9A.",
    default: true,
  }),
  protocol_versions: protocolVersions({
    about: "The MQTT versions that are accepted. The quotes matter to YAML in general, but " +
      "`[3.1, 3.1.1, 5.0]` is understood as well.",
    default: ["3.1", "3.1.1", "5.0"],
  }),
  v3_refused_publish: choice({
    about: "What an MQTT 3.x client sees when its PUBLISH is refused, since those versions have " +
      "no reason code for it: its connection ends (`disconnect`), or the message is " +
      "acknowledged and dropped (`acknowledge`).",
    words: ["disconnect", "acknowledge"],
    default: "disconnect",
  }),
  retry_interval: durationMs({
    about: "After what time an unacknowledged QoS 1 or QoS 2 message is sent again on a living " +
      "connection. Only for MQTT 3.x clients: MQTT 5.0 forbids it.",
    default: "0",
    min: SECOND,
    max: 24 * HOUR,
    zero: "off",
  }),
  max_retries: wholeNumber({
    about: "How often `retry_interval` sends one message again before the connection is closed. " +
      "0 is without end.",
    default: 0,
    min: 0,
    max: 1000,
  }),
  sys_interval: durationMs({
    about: "How often the `$SYS` topics are published.",
    default: "10s",
    min: SECOND,
    max: 24 * HOUR,
    zero: "off",
  }),
  slow_receiver_grace: durationMs({
    about: "How long publishers wait for a receiver that has stopped taking bytes. After it the " +
      "receiver is slow: QoS 0 messages beyond its buffer are dropped and counted, others go to " +
      "its session's queue.",
    default: "1s",
    min: 0,
    max: 60 * SECOND,
  }),
  output_high_water: sizeBytes({
    about: "Bytes waiting for one connection from which on the publishers that feed it are not " +
      "read.",
    default: "256KiB",
    min: 4 * KIB,
    max: 256 * MIB,
  }),
  output_low_water: sizeBytes({
    about: "Bytes waiting for one connection below which its publishers are read again. Lower " +
      "than `output_high_water`.",
    default: "64KiB",
    min: 1 * KIB,
    max: 256 * MIB,
  }),
  output_max: sizeBytes({
    about: "Bytes waiting for one connection beyond which QoS 0 messages for a slow receiver are " +
      "dropped and counted. Not lower than `output_high_water`.",
    default: "1MiB",
    min: 4 * KIB,
    max: 1024 * MIB,
  }),
};
