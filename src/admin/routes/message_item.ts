/** A message as the API shows it. */
import { Buffer } from "node:buffer";
import * as z from "zod";
import type { MessageView } from "../../broker/inspector/message_view.ts";
import type { MessageProperties } from "../../mqtt/properties.ts";
import { time, timeOf } from "../http/time.ts";

export const properties = z.strictObject({
  payload_format_indicator: z.union([z.literal(0), z.literal(1)]).optional(),
  content_type: z.string().optional(),
  response_topic: z.string().optional(),
  correlation_data: z.base64().optional(),
  user_properties: z.array(z.tuple([z.string(), z.string()])).optional(),
});

/** All that is known of a message but its payload. */
export const messageShape = {
  topic: z.string(),
  qos: z.int(),
  retain: z.boolean(),
  publisher: z.string().nullable().meta({ description: "Client id; `null`: the broker itself." }),
  received_at: time,
  expires_at: time.nullable(),
  size: z.int().meta({ description: "Bytes of the whole payload." }),
  properties,
};

const encoding = z.enum(["text", "base64"]).meta({
  description: "`text` where the bytes are UTF-8, else `base64`.",
});

/** A payload in a list. */
export const previewShape = {
  payload_preview: z.string().meta({ description: "At most the first 4 KiB." }),
  encoding,
  truncated: z.boolean().meta({ description: "Whether the payload has more than the preview." }),
};

/** A message in a list. */
export const message = z.strictObject({ ...messageShape, ...previewShape }).meta({ id: "Message" });

export function messageItem(view: MessageView): z.input<typeof message> {
  return { ...messageFields(view), ...previewOf(view) };
}

/** `payload`: the first of `size` bytes, or all of them. */
export function previewOf({ payload, size }: { payload: Uint8Array; size: number }) {
  const truncated = payload.length < size;
  const { shown, encoding } = shownPayload(payload, truncated);
  return { payload_preview: shown, encoding, truncated };
}

export function messageFields(view: MessageView) {
  const { topic, qos, retain, publisher, receivedAt, expiresAt, size } = view;
  return {
    topic,
    qos,
    retain,
    publisher: publisher ?? null,
    received_at: timeOf(receivedAt),
    expires_at: expiresAt === undefined ? null : timeOf(expiresAt),
    size,
    properties: propertiesItem(view.properties),
  };
}

export function propertiesItem(given: Readonly<MessageProperties>): z.input<typeof properties> {
  const { payloadFormatIndicator, contentType, responseTopic, correlationData } = given;
  const { userProperties } = given;
  return {
    ...(payloadFormatIndicator === undefined
      ? {}
      : { payload_format_indicator: payloadFormatIndicator }),
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(responseTopic === undefined ? {} : { response_topic: responseTopic }),
    ...(correlationData === undefined ? {} : { correlation_data: base64Of(correlationData) }),
    ...(userProperties === undefined
      ? {}
      : { user_properties: userProperties.map(([name, value]) => [name, value]) }),
  };
}

/** As text where it is UTF-8, else in base64. `cut` as for {@linkcode payloadText}. */
export function shownPayload(
  payload: Uint8Array,
  cut = false,
): { readonly shown: string; readonly encoding: "text" | "base64" } {
  const text = payloadText(payload, cut);
  return text === undefined
    ? { shown: base64Of(payload), encoding: "base64" }
    : { shown: text, encoding: "text" };
}

/** Undefined: it is no UTF-8. `cut`: the last character may be a part of one, and is left out. */
export function payloadText(payload: Uint8Array, cut = false): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(payload, { stream: cut });
  } catch {
    return undefined;
  }
}

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}
