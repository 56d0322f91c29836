import { optionalToggle } from "../values/plain.ts";

/** Who may connect. */
export const authKeys = {
  allow_anonymous: optionalToggle({
    about: "Lets clients connect without authentication. A listener that other machines can " +
      "reach starts only with an explicit `true`. `false` refuses every client: this version has " +
      "no other way to let one in.",
    example: "true",
    leftOut: "`true` as long as every listener is on a loopback address",
  }),
};
