import type { Durable, PendingWrite } from "../../base/durable.ts";
import { invariant } from "../../base/invariant.ts";
import type { Delivery } from "../../mqtt/delivery.ts";
import type { Message } from "../../mqtt/message.ts";
import type { Subscription } from "../../mqtt/subscription.ts";
import type { SessionRecord, StoreBatch, WillRecord } from "../store.ts";
import {
  AddBody,
  DeleteInflight,
  Dequeue,
  Enqueue,
  PutInflight,
  ReleaseInflight,
  StartInflight,
} from "./delivery_writes.ts";
import type { GroupEntry } from "./group_commit.ts";
import { clientPart, retainedKey, willKey } from "./keys.ts";
import { PlainWrite } from "./plain_write.ts";
import { encodeMessage, encodeWill } from "./records.ts";
import {
  DeleteSession,
  DeleteSubscription,
  PutSession,
  PutSubscription,
  SetReceived,
} from "./session_writes.ts";
import type { Write } from "./write.ts";

/** A write of a delivery: whether its message is stored with it depends on the rest of the batch. */
abstract class DeliveryWrite {
  withdrawn = false;

  constructor(readonly delivery: Delivery) {}

  abstract encode(shared: boolean): Write;
}

class EnqueueLater extends DeliveryWrite {
  constructor(readonly clientId: string, readonly seq: number, delivery: Delivery) {
    super(delivery);
  }

  encode(shared: boolean): Write {
    return new Enqueue(this.clientId, this.seq, this.delivery, shared);
  }
}

class PutInflightLater extends DeliveryWrite implements PendingWrite {
  constructor(
    readonly batch: LevelBatch,
    readonly clientId: string,
    readonly packetId: number,
    readonly seq: number,
    delivery: Delivery,
  ) {
    super(delivery);
  }

  encode(shared: boolean): Write {
    return new PutInflight(this.clientId, this.packetId, this.seq, this.delivery, shared);
  }

  withdraw(): boolean {
    return this.batch.withdraw(this);
  }
}

const NOT_PENDING: PendingWrite = { withdraw: () => false };
const NO_WRITES: readonly Write[] = [];

/** The writes of one commit, which are made when its group begins. */
export interface LevelCommit {
  /** From now on nothing is withdrawn. May be called again, until the end of the commit. */
  begin(): readonly Write[];
}

/** Takes the writes of a batch. */
export type CommitWrites = (
  commit: LevelCommit,
  bytes: number,
  leisurely: boolean,
) => GroupEntry<LevelCommit>;

/** Gathers writes. */
export class LevelBatch implements StoreBatch, LevelCommit {
  readonly #commit: CommitWrites;
  #writes: (Write | DeliveryWrite)[] = [];
  #deliveries = 0;
  /** Writes that nobody waits for: they may be withdrawn, or make what is done forgotten. */
  #leisurely = 0;
  #withdrawn = 0;
  #entry: GroupEntry<LevelCommit> | undefined;
  #committed = false;
  /** As they are to be made, once they were begun. */
  #begun: readonly Write[] | undefined;

  constructor(commit: CommitWrites) {
    this.#commit = commit;
  }

  putSession(record: SessionRecord): void {
    this.#writes.push(new PutSession(record));
  }

  deleteSession(clientId: string): void {
    this.#writes.push(new DeleteSession(clientId));
  }

  putSubscription(clientId: string, subscription: Subscription): void {
    this.#writes.push(new PutSubscription(clientId, subscription));
  }

  deleteSubscription(clientId: string, topicFilter: string): void {
    this.#writes.push(new DeleteSubscription(clientId, topicFilter));
  }

  enqueue(clientId: string, seq: number, delivery: Delivery): void {
    this.#addDelivery(new EnqueueLater(clientId, seq, delivery));
  }

  dequeue(clientId: string, seq: number): void {
    this.#writes.push(new Dequeue(clientId, seq));
  }

  putInflight(
    clientId: string,
    packetId: number,
    seq: number,
    delivery: Delivery | undefined,
  ): PendingWrite {
    if (delivery === undefined) {
      this.#writes.push(new PutInflight(clientId, packetId, seq, undefined, false));
      return NOT_PENDING;
    }
    const write = new PutInflightLater(this, clientId, packetId, seq, delivery);
    this.#addDelivery(write);
    if (delivery.qos === 1) this.#leisurely++; // at QoS 2 it is not sent before
    return write;
  }

  startInflight(clientId: string, packetId: number, seq: number): void {
    this.#writes.push(new StartInflight(clientId, packetId, seq));
  }

  releaseInflight(clientId: string, packetId: number): void {
    this.#writes.push(new ReleaseInflight(clientId, packetId));
  }

  deleteInflight(clientId: string, packetId: number): void {
    this.#writes.push(new DeleteInflight(clientId, packetId));
    this.#leisurely++;
  }

  putReceived(clientId: string, packetId: number): void {
    this.#writes.push(new SetReceived(clientId, packetId, true));
  }

  deleteReceived(clientId: string, packetId: number): void {
    this.#writes.push(new SetReceived(clientId, packetId, false));
  }

  putRetained(message: Message): void {
    requireId(message);
    this.#writes.push(new PlainWrite(retainedKey(message.topic), encodeMessage(message)));
  }

  deleteRetained(topic: string): void {
    this.#writes.push(new PlainWrite(retainedKey(topic)));
  }

  putWill(record: WillRecord): void {
    this.#writes.push(new PlainWrite(willKey(clientPart(record.clientId)), encodeWill(record)));
  }

  deleteWill(clientId: string): void {
    this.#writes.push(new PlainWrite(willKey(clientPart(clientId))));
  }

  /** Called by a write that was put in flight. */
  withdraw(write: DeliveryWrite): boolean {
    if (this.#begun !== undefined || write.withdrawn) return false;
    write.withdrawn = true;
    this.#withdrawn++;
    if (this.#withdrawn < this.#writes.length) return true;
    this.#writes = []; // the commit waits on, its messages need not
    this.#withdrawn = 0;
    this.#deliveries = 0;
    this.#leisurely = 0;
    this.#entry?.withdraw();
    return true;
  }

  commit(): Durable {
    invariant(!this.#committed, "a batch is committed once");
    this.#committed = true;
    if (this.#writes.length === 0) return undefined;
    let bytes = 0;
    for (const write of this.#writes) {
      bytes += write instanceof DeliveryWrite ? write.delivery.message.cost : write.bytes;
    }
    const leisurely = this.#leisurely === this.#writes.length;
    this.#entry = this.#commit(this, bytes, leisurely);
    const { durable } = this.#entry;
    if (this.#deliveries > 0) durable.then(this.#release, this.#release);
    return durable;
  }

  /**
   * Its end is known. Whoever may withdraw a write of it holds it until the delivery is acknowledged,
   * which may take for ever; the encoded messages must not stay as long.
   */
  readonly #release = (): void => {
    if (this.#begun === undefined) return;
    this.#begun = NO_WRITES;
    this.#writes = [];
  };

  /** All writes, with the messages of several deliveries as bodies in front. */
  begin(): readonly Write[] {
    this.#begun ??= this.#encoded();
    return this.#begun;
  }

  #addDelivery(write: DeliveryWrite): void {
    requireId(write.delivery.message);
    this.#writes.push(write);
    this.#deliveries++;
  }

  #encoded(): readonly Write[] {
    if (this.#deliveries === 0) return this.#writes as Write[];
    const references = this.#deliveries > 1 ? this.#references() : undefined;
    const encoded: Write[] = [];
    for (const { message, count } of references?.values() ?? []) {
      if (count > 1) encoded.push(new AddBody(message, count));
    }
    for (const write of this.#writes) {
      if (!(write instanceof DeliveryWrite)) encoded.push(write);
      else if (!write.withdrawn) {
        const count = references?.get(write.delivery.message.id)?.count ?? 1;
        encoded.push(write.encode(count > 1)); // what is delivered once needs no body
      }
    }
    return encoded;
  }

  #references(): Map<number, { readonly message: Message; count: number }> {
    const references = new Map<number, { readonly message: Message; count: number }>();
    for (const write of this.#writes) {
      if (!(write instanceof DeliveryWrite) || write.withdrawn) continue;
      const { message } = write.delivery;
      const known = references.get(message.id);
      if (known === undefined) references.set(message.id, { message, count: 1 });
      else known.count++;
    }
    return references;
  }
}

/** Bodies are filed under it. */
function requireId(message: Message): void {
  invariant(message.id > 0, "a message that is stored has its store id");
}
