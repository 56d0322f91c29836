import type { Durable } from "../../base/durable.ts";
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
interface DeliveryWrite {
  readonly delivery: Delivery;
  encode(shared: boolean): Write;
}

/** Takes the writes of a batch; rejects when they were not taken. */
export type CommitWrites = (writes: readonly Write[]) => Promise<void>;

/** Gathers writes as they will be applied, most of them encoded. */
export class LevelBatch implements StoreBatch {
  readonly #commit: CommitWrites;
  readonly #writes: (Write | DeliveryWrite)[] = [];
  #deliveries = 0;
  #committed = false;

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
    this.#addDelivery(delivery, (shared) => new Enqueue(clientId, seq, delivery, shared));
  }

  dequeue(clientId: string, seq: number): void {
    this.#writes.push(new Dequeue(clientId, seq));
  }

  putInflight(
    clientId: string,
    packetId: number,
    seq: number,
    delivery: Delivery | undefined,
  ): void {
    if (delivery === undefined) {
      this.#writes.push(new PutInflight(clientId, packetId, seq, undefined, false));
    } else {
      this.#addDelivery(
        delivery,
        (shared) => new PutInflight(clientId, packetId, seq, delivery, shared),
      );
    }
  }

  startInflight(clientId: string, packetId: number, seq: number): void {
    this.#writes.push(new StartInflight(clientId, packetId, seq));
  }

  releaseInflight(clientId: string, packetId: number): void {
    this.#writes.push(new ReleaseInflight(clientId, packetId));
  }

  deleteInflight(clientId: string, packetId: number): void {
    this.#writes.push(new DeleteInflight(clientId, packetId));
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

  commit(): Durable {
    invariant(!this.#committed, "a batch is committed once");
    this.#committed = true;
    if (this.#writes.length === 0) return undefined;
    return this.#commit(this.#encoded());
  }

  #addDelivery(delivery: Delivery, encode: (shared: boolean) => Write): void {
    requireId(delivery.message);
    this.#writes.push({ delivery, encode });
    this.#deliveries++;
  }

  /** All writes, with the messages of several deliveries as bodies in front. */
  #encoded(): readonly Write[] {
    if (this.#deliveries === 0) return this.#writes as Write[];
    if (this.#deliveries === 1) return this.#writes.map(withItsMessage);
    const references = new Map<number, { readonly message: Message; count: number }>();
    for (const write of this.#writes) {
      if (!("delivery" in write)) continue;
      const { message } = write.delivery;
      const known = references.get(message.id);
      if (known === undefined) references.set(message.id, { message, count: 1 });
      else known.count++;
    }
    const encoded: Write[] = [];
    for (const { message, count } of references.values()) {
      if (count > 1) encoded.push(new AddBody(message, count));
    }
    for (const write of this.#writes) {
      if ("delivery" in write) {
        encoded.push(write.encode(references.get(write.delivery.message.id)!.count > 1));
      } else encoded.push(write);
    }
    return encoded;
  }
}

/** What is delivered once needs no body. */
function withItsMessage(write: Write | DeliveryWrite): Write {
  return "delivery" in write ? write.encode(false) : write;
}

/** Bodies are filed under it. */
function requireId(message: Message): void {
  invariant(message.id > 0, "a message that is stored has its store id");
}
