import type { Mutation } from "./mutation.ts";

/** One break for a statement each; `deno task mutate` shows that its tests notice. */
export const MUTATIONS: readonly Mutation[] = [
  {
    id: "MQTT-1.5.4-1",
    file: "src/mqtt/utf8.ts",
    find: `new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })`,
    replace: `new TextDecoder("utf-8", { fatal: false, ignoreBOM: true })`,
  },
  {
    id: "MQTT-1.5.4-2",
    file: "src/mqtt/utf8.ts",
    find: "if (byte >= 0x80 || byte === 0) return undefined;",
    replace: "if (byte >= 0x80) return undefined;",
  },
  {
    id: "MQTT-1.5.4-3",
    file: "src/mqtt/utf8.ts",
    find: `new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })`,
    replace: `new TextDecoder("utf-8", { fatal: true, ignoreBOM: false })`,
  },
  {
    id: "MQTT-1.5.5-1",
    file: "src/mqtt/packet_reader.ts",
    find: "if (byte === 0 && shift > 0) throw",
    replace: "if (false) throw",
  },
  {
    id: "MQTT-3.1.2-3",
    file: "src/mqtt/packets/connect.ts",
    find: "if ((flags & RESERVED) !== 0) throw",
    replace: "if (false) throw",
  },
  {
    id: "MQTT-3.3.1-4",
    file: "src/mqtt/packets/publish.ts",
    find: "if (qos === 3) throw",
    replace: "if (false) throw",
  },
  {
    id: "MQTT-3.8.3-2",
    file: "src/mqtt/packets/subscribe.ts",
    find: "if (reader.remaining === 0) throw",
    replace: "if (false) throw",
  },
  {
    id: "MQTT-3.10.3-2",
    file: "src/mqtt/packets/unsubscribe.ts",
    find: "if (reader.remaining === 0) throw",
    replace: "if (false) throw",
  },
];
