/**
 * Which side of a network connection sends a packet. Bits, so that the tables of properties and
 * reason codes can say "either".
 */
export const Sender = {
  CLIENT: 1,
  SERVER: 2,
} as const;
export type Sender = (typeof Sender)[keyof typeof Sender];

/** A set of senders. */
export type Senders = number;
export const EITHER_SENDER: Senders = Sender.CLIENT | Sender.SERVER;
