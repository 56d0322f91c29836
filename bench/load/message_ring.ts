import { publishTemplate, type QoS } from "./packets.ts";
import { NativeBuffer } from "./system_calls.ts";
import { framed } from "./websocket_frames.ts";

export interface RingOptions {
  readonly topics: readonly string[];
  readonly qos: QoS;
  readonly retain: boolean;
  /** Of a payload, in bytes. */
  readonly size: number;
  readonly chunkBytes: number;
  readonly webSocket: boolean;
}

/**
 * The messages of one publisher, ready to be sent as they lie: one for each of its topics, then the
 * same again as far as a chunk can reach. A chunk begins among the first `cycle` and is contiguous,
 * so that sending a message costs no more than writing its stamp.
 */
export class MessageRing {
  readonly buffer: NativeBuffer;
  /** How many messages it takes until the topics repeat. */
  readonly cycle: number;
  /** Where message i begins; the one after the last entry is where the last message ends. */
  readonly starts: Int32Array;
  /** Where the payload of message i begins. */
  readonly payloads: Int32Array;

  constructor({ topics, chunkBytes, webSocket, ...options }: RingOptions) {
    this.cycle = topics.length;
    const packets = topics.map((topic) => {
      const template = publishTemplate(topic, options).bytes;
      return webSocket ? framed(template) : template;
    });
    const order: number[] = [];
    let length = 0;
    for (let beyond = 0; beyond < chunkBytes || order.length < this.cycle;) {
      const topic = order.length % this.cycle;
      length += packets[topic]!.length;
      if (order.length >= this.cycle) beyond += packets[topic]!.length;
      order.push(topic);
    }
    this.buffer = new NativeBuffer(length);
    this.starts = new Int32Array(order.length + 1);
    this.payloads = new Int32Array(order.length);
    let end = 0;
    for (const [message, topic] of order.entries()) {
      this.buffer.bytes.set(packets[topic]!, end);
      end += packets[topic]!.length;
      this.starts[message + 1] = end;
      this.payloads[message] = end - options.size;
    }
  }
}
