/** Payloads in requests and answers: as text, as JSON, or as base64. */
import { Buffer } from "node:buffer";
import * as z from "zod";

export const PAYLOAD_ENCODINGS = ["base64", "text", "json"] as const;
export type PayloadEncoding = (typeof PAYLOAD_ENCODINGS)[number];

/** A body with a payload of a mebibyte in base64, and then some. */
export const PAYLOAD_BODY_BYTES_MAX = 2 * 1024 * 1024;

const pair = z.tuple([z.string().max(65_535), z.string().max(65_535)]);
const base64 = z.base64();

/** The fields of a message in a body, but its topic. */
export const messageFields = {
  payload: z.unknown().meta({
    description: "A string; with the encoding `json` any value, which is sent as JSON.",
  }),
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]).default(0),
  message_expiry_interval: z.int().min(0).max(0xffff_ffff).optional().meta({
    description: "Seconds.",
  }),
  payload_format_indicator: z.union([z.literal(0), z.literal(1)]).optional(),
  content_type: z.string().max(65_535).optional(),
  response_topic: z.string().max(65_535).optional(),
  correlation_data: base64.optional(),
  user_properties: z.array(pair).max(1_000).optional(),
};

const fields = z.object(messageFields);

/** What is wrong with a payload; undefined: nothing. */
export function payloadProblem(payload: unknown, encoding: PayloadEncoding): string | undefined {
  if (encoding === "json") return payload === undefined ? "there is no payload" : undefined;
  if (typeof payload !== "string") return "not a string";
  if (encoding === "text" && !payload.isWellFormed()) return "half of a surrogate pair";
  if (encoding === "base64" && !base64.safeParse(payload).success) return "not base64";
  return undefined;
}

/** The bytes of a payload that {@linkcode payloadProblem} has nothing against. */
export function payloadBytes(payload: unknown, encoding: PayloadEncoding): Uint8Array {
  if (encoding === "base64") return new Uint8Array(Buffer.from(payload as string, "base64"));
  const text = encoding === "json" ? JSON.stringify(payload) : payload as string;
  return new TextEncoder().encode(text);
}

/** The properties of MQTT 5.0 that a body with {@linkcode messageFields} has. */
export function propertiesOf(body: z.output<typeof fields>) {
  return {
    ...(body.payload_format_indicator === undefined
      ? {}
      : { payloadFormatIndicator: body.payload_format_indicator }),
    ...(body.content_type === undefined ? {} : { contentType: body.content_type }),
    ...(body.response_topic === undefined ? {} : { responseTopic: body.response_topic }),
    ...(body.correlation_data === undefined
      ? {}
      : { correlationData: new Uint8Array(Buffer.from(body.correlation_data, "base64")) }),
    ...(body.user_properties === undefined ? {} : { userProperties: body.user_properties }),
  };
}
