import { listenerRules } from "./listener_rules.ts";
import type { Rule } from "./rule.ts";
import { formatSize } from "./units.ts";

/** Every rule between keys. */
export const rules: readonly Rule[] = [
  {
    keys: ["broker.output_low_water", "broker.output_high_water"],
    check: ({ broker }) =>
      broker.outputLowWaterBytes < broker.outputHighWaterBytes
        ? undefined
        : `output_low_water (${formatSize(broker.outputLowWaterBytes)}) must be lower than ` +
          `output_high_water (${formatSize(broker.outputHighWaterBytes)})`,
  },
  {
    keys: ["broker.output_max", "broker.output_high_water"],
    check: ({ broker }) =>
      broker.outputHighWaterBytes <= broker.outputMaxBytes
        ? undefined
        : `output_max (${formatSize(broker.outputMaxBytes)}) must not be lower than ` +
          `output_high_water (${formatSize(broker.outputHighWaterBytes)})`,
  },
  {
    keys: ["server.ws_max_frame_size", "broker.max_message_size", "server.ws_enabled"],
    check: ({ server, broker }) =>
      !server.wsEnabled || broker.maxMessageSizeBytes < server.wsMaxFrameSizeBytes
        ? undefined
        : `server.ws_max_frame_size (${formatSize(server.wsMaxFrameSizeBytes)}) must be larger ` +
          `than broker.max_message_size (${formatSize(broker.maxMessageSizeBytes)}): a message ` +
          "of that size may come in one WebSocket frame",
  },
  ...listenerRules,
];
