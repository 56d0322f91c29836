/** What happens, as it happens. */
import * as z from "zod";
import type { EventHub, HubEvent, Watcher } from "../../telemetry/event_hub.ts";
import { type EventSource, type StreamedEvent, tooManyStreams } from "../http/event_stream.ts";
import { type ApiRoute, eventStream, noBody, noParams, route } from "../http/route.ts";
import { snakeCased } from "../http/snake_case.ts";
import { timeOf } from "../http/time.ts";

/** How a client that connects again says behind what it goes on. */
const LAST_EVENT_ID = "last-event-id";

const eventId = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const TYPES_LENGTH_MAX = 1_000;

export function eventRoutes(hub: EventHub): ApiRoute[] {
  return [
    route({
      method: "get",
      path: "/events",
      role: "viewer",
      tag: "Events",
      summary: "Watch what happens",
      description: "Types: connected, disconnected, taken_over, session_ended, subscribed, " +
        "unsubscribed, auth_failed, publish_denied, subscribe_denied of clients; every ten seconds " +
        "metrics, with all series by name; alarm when one begins or ends (`active`), seen within " +
        "ten seconds. Who does not keep up gets " +
        "`dropped` with the count of what is lost. Goes on behind the header Last-Event-ID, with " +
        "what is still there.",
      params: noParams,
      query: z.strictObject({
        types: z.string().max(TYPES_LENGTH_MAX).optional().meta({
          description: "Types of events, with commas; by default all.",
        }),
        last_event_id: eventId.optional().meta({ description: "In place of the header." }),
      }),
      body: noBody,
      success: { status: 200, description: "Events.", schema: eventStream },
      problems: ["busy"],
      example: { query: { types: "connected,disconnected" } },
      handle({ query, headers }) {
        const sent = eventId.safeParse(headers.get(LAST_EVENT_ID) ?? undefined);
        const watcher = hub.watch({
          lastEventId: query.last_event_id ?? sent.data,
          types: query.types === undefined ? undefined : new Set(query.types.split(",")),
        });
        if (watcher === undefined) throw tooManyStreams();
        return new WatchedEvents(watcher);
      },
    }),
  ];
}

class WatchedEvents implements EventSource {
  readonly #watcher: Watcher;

  constructor(watcher: Watcher) {
    this.#watcher = watcher;
  }

  async next(): Promise<StreamedEvent | undefined> {
    const { done, value } = await this.#watcher.next();
    return done === true ? undefined : streamed(value);
  }

  close(): void {
    this.#watcher.close();
  }
}

function streamed({ id, type, at, data }: HubEvent): StreamedEvent {
  const fields = snakeCased(data as Readonly<Record<string, unknown>>);
  return { id, type, data: { at: timeOf(at), ...fields } };
}
