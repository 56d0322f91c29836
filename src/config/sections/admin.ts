import { optionalFile, toggle } from "../values/plain.ts";

/** Console and API for who runs the broker. */
export const adminKeys = {
  enabled: toggle({
    about: "Serves the admin API on `http_addr`, below `/api/v1`. It lets nobody in without an " +
      "API token or a password; the first start makes both and shows them once.",
    default: true,
  }),
  password_file: optionalFile({
    about: "A file whose first line is the password of the user `admin`. It is read when there " +
      "is no user yet, that is, at the first start; with storage in memory that is each start.",
    example: "/run/secrets/tidemq_admin",
    leftOut: "a random password, which is shown",
  }),
  topic_statistics: toggle({
    about: "Counts messages by topic, for the topic tree and the figures of a topic in console " +
      "and API, in up to about 30 MB. Turned off, these are empty.",
    default: true,
  }),
};
