import type { Deadlines } from "../base/deadlines.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Random } from "../base/random.ts";
import type { Authenticator, Authorizer } from "../auth/auth.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { BrokerObserver } from "../events/observer.ts";
import type { RetainedIndex } from "../router/retained_index.ts";
import type { Router } from "../router/router.ts";
import type { TopicTable } from "../mqtt/topic_cache.ts";
import type { Session } from "../session/session.ts";
import type { Store } from "../storage/store.ts";
import type { Accounting, Statistics } from "./accounting.ts";
import type { Connection } from "./connection.ts";
import type { Deliveries } from "./delivery.ts";
import type { BrokerLimits } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { ChunkPool } from "./output_buffer.ts";
import type { FanOutTurns } from "./fan_out_turns.ts";
import type { Publisher } from "./publisher.ts";
import type { Relay } from "./relay.ts";
import type { RetainedSender } from "./retained_sender.ts";
import type { Sessions } from "./sessions.ts";
import type { Wills } from "./wills.ts";

/** A session of this broker: what is attached to it is a {@linkcode Connection}. */
export type ClientSession = Session<Connection>;

/** What `server.ts` (or a test) passes in: everything that touches the world outside. */
export interface BrokerDependencies {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly store: Store;
  readonly cluster: Cluster;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  readonly observer: BrokerObserver;
  readonly limits: BrokerLimits;
}

/** The parts of one broker, as handlers and parts see each other. Assembled in `broker.ts`. */
export interface BrokerContext extends BrokerDependencies {
  readonly deadlines: Deadlines;
  readonly accounting: Accounting;
  readonly statistics: Statistics;
  readonly chunkPool: ChunkPool;
  readonly topics: TopicTable;
  readonly outbox: Outbox;
  readonly fanOutTurns: FanOutTurns;
  readonly router: Router<ClientSession>;
  readonly retained: RetainedIndex;
  readonly sessions: Sessions;
  readonly deliveries: Deliveries;
  readonly publisher: Publisher;
  readonly relay: Relay;
  readonly retainedSender: RetainedSender;
  readonly wills: Wills;
}
