import type { PublishProperties, UserProperties } from "../../src/mqtt/properties.ts";
import { payloadBytes } from "../components/payload.ts";
import type { Outgoing } from "../mqtt/mqtt_client.ts";

/** The message that the form describes. Throws when the payload is not what it says. */
export function outgoingOf(fields: FormData): Outgoing {
  const text = (name: string) => String(fields.get(name) ?? "");
  const encoding = text("encoding") === "base64" ? "base64" : "text";
  const payload = text("payload");
  return {
    topic: text("topic"),
    payload: payloadBytes({ text: payload, encoding, size: payload.length, truncated: false }),
    qos: Number(text("qos")) as 0 | 1 | 2,
    retain: fields.has("retain"),
    properties: propertiesOf(text, fields.has("utf8")),
  };
}

function propertiesOf(text: (name: string) => string, utf8: boolean): PublishProperties {
  const properties: PublishProperties = {};
  if (utf8) properties.payloadFormatIndicator = 1;
  if (text("content_type") !== "") properties.contentType = text("content_type");
  if (text("response_topic") !== "") properties.responseTopic = text("response_topic");
  if (text("correlation_data") !== "") {
    properties.correlationData = new TextEncoder().encode(text("correlation_data"));
  }
  if (text("expiry") !== "") properties.messageExpiryInterval = Number(text("expiry"));
  const pairs = userPropertiesIn(text("user_properties"));
  if (pairs.length > 0) properties.userProperties = pairs;
  return properties;
}

/** A line without `=` is a name with an empty value. */
function userPropertiesIn(lines: string): UserProperties {
  return lines.split("\n").map((line) => line.replace(/\r$/, "")).filter((line) => line !== "")
    .map((line) => {
      const [name = "", value = ""] = line.split(/=(.*)/s);
      return [name, value] as const;
    });
}
