/**
 * What a CONNECT means for the session that its client id may already have (MQTT 5.0 sections
 * 3.1.2.4, 3.1.4 and 3.2.2.1.1), as a table:
 *
 * | there is      | clean start | outlives its connection | session | old connection  | its will  |
 * |---------------|-------------|-------------------------|---------|-----------------|-----------|
 * | nothing       | any         | -                       | create  | -               | -         |
 * | offline       | no          | yes (it did)            | resume  | -               | cancel    |
 * | offline       | no          | no (about to end)       | replace | -               | publish   |
 * | offline       | yes         | any                     | replace | -               | publish   |
 * | online        | no          | yes                     | resume  | disconnect 0x8E | by delay  |
 * | online        | no          | no                      | replace | disconnect 0x8E | publish   |
 * | online        | yes         | any                     | replace | disconnect 0x8E | publish   |
 *
 * `by delay`: published when the Will Delay Interval is 0, because that connection has ended;
 * cancelled otherwise, because the session goes on [MQTT-3.1.3-9]. Where the session ends, its will
 * is published whatever the delay (section 3.1.4, on takeover).
 */
export interface TakeoverSituation {
  readonly existing: "none" | "offline" | "online";
  readonly cleanStart: boolean;
  /** The existing session's Session Expiry Interval is above 0. */
  readonly outlivesConnection: boolean;
  /** Will Delay Interval of the existing session's will, in seconds; undefined without a will. */
  readonly willDelay: number | undefined;
}

export interface TakeoverPlan {
  readonly session: "create" | "resume" | "replace";
  /** True: the old connection gets DISCONNECT 0x8E [MQTT-3.1.4-3]. */
  readonly disconnectOld: boolean;
  readonly will: "none" | "publish" | "cancel";
}

export function planTakeover(situation: TakeoverSituation): TakeoverPlan {
  const { existing, cleanStart, outlivesConnection, willDelay } = situation;
  if (existing === "none") return { session: "create", disconnectOld: false, will: "none" };
  const disconnectOld = existing === "online";
  const replace = cleanStart || !outlivesConnection;
  const session = replace ? "replace" : "resume";
  if (willDelay === undefined) return { session, disconnectOld, will: "none" };
  const publish = replace || (existing === "online" && willDelay === 0);
  return { session, disconnectOld, will: publish ? "publish" : "cancel" };
}
