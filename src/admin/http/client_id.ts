import * as z from "zod";

/** UTF-8 bytes of a client id (section 1.5.4 of MQTT 5.0). */
const CLIENT_ID_LENGTH_MAX = 65_535;

const clientId = z.string().max(CLIENT_ID_LENGTH_MAX);

/** Path parameters of a route below `/sessions/{client_id}`. */
export const clientIdParams = z.strictObject({
  client_id: clientId.meta({ description: "The client id, percent-encoded." }),
});

/** Query parameters of such a route, to be spread among its own. */
export const clientIdQuery = {
  client_id: clientId.optional().meta({
    description:
      "The client id, in place of the one in the path, which then does not count (write " +
      "`-`): an id that is `.` or `..` cannot stand in a path.",
  }),
};

/**
 * The client id that a request is about: `?client_id=` if it is there, else the path segment, which
 * has been percent-decoded once. A `+` is a plus sign in the path and a space in the query.
 */
export function clientIdOf(request: {
  readonly params: { readonly client_id: string };
  readonly query: { readonly client_id?: string | undefined };
}): string {
  return request.query.client_id ?? request.params.client_id;
}
