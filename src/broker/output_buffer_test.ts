import assert from "#assert";
import fc from "fast-check";
import { ChunkPool, OutputBuffer } from "./output_buffer.ts";

const SMALL = 2 * 1024;
const LARGE = 64 * 1024;

/** Writes `bytes` as one packet. */
function write(buffer: OutputBuffer, bytes: Uint8Array, isMessage = false): void {
  buffer.reserve(bytes.length);
  buffer.bytes.set(bytes, buffer.position);
  buffer.position += bytes.length;
  if (isMessage) buffer.messages++;
}

function packet(size: number, fill = 1): Uint8Array {
  return new Uint8Array(size).fill(fill);
}

Deno.test("OutputBuffer: an idle one holds no memory and has nothing to write", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  assert.deepEqual([buffer.bytes.length, buffer.pending, buffer.take()], [0, 0, undefined]);
  write(buffer, packet(10));
  buffer.take();
  buffer.written();
  assert.deepEqual([buffer.bytes.length, buffer.pending], [0, 0]);
});

Deno.test("OutputBuffer: one write at a time; what comes meanwhile goes with the next", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  write(buffer, packet(3, 1));
  assert.deepEqual([...buffer.take()!], [1, 1, 1]);
  assert.equal(buffer.writing, true);
  write(buffer, packet(2, 2));
  write(buffer, packet(1, 3));
  assert.equal(buffer.take(), undefined, "a write is under way");
  assert.equal(buffer.pending, 6);
  buffer.written();
  assert.equal(buffer.writing, false);
  assert.deepEqual([...buffer.take()!], [2, 2, 3]);
  buffer.written();
  assert.equal(buffer.pending, 0);
});

Deno.test("OutputBuffer: the first chunk of a quiet connection is small, those of a busy one large", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  write(buffer, packet(10));
  assert.equal(buffer.bytes.length, SMALL);
  write(buffer, packet(SMALL - 10));
  assert.equal(buffer.bytes.length, SMALL, "filled to the last byte");
  write(buffer, packet(1));
  assert.equal(buffer.bytes.length, LARGE);
  for (let chunk = buffer.take(); chunk; chunk = buffer.take()) buffer.written();
  write(buffer, packet(1));
  assert.equal(buffer.bytes.length, SMALL, "quiet again: the last write was a short one");
});

Deno.test("OutputBuffer: a packet that is larger than any chunk gets one of its own", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  write(buffer, packet(1, 1));
  write(buffer, packet(3 * LARGE, 2));
  assert.deepEqual([...buffer.take()!], [1]);
  buffer.written();
  assert.equal(buffer.take()!.length, 3 * LARGE);
  buffer.written();
});

Deno.test("OutputBuffer: QoS 0 messages are settled with the chunk that they end in", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  write(buffer, packet(10), true);
  write(buffer, packet(10));
  write(buffer, packet(SMALL), true);
  assert.equal(buffer.pendingMessages, 2);
  buffer.take();
  assert.equal(buffer.pendingMessages, 2, "not settled before it is written");
  assert.equal(buffer.written(), 1);
  buffer.take();
  assert.equal(buffer.written(), 1);
  assert.equal(buffer.pendingMessages, 0);
});

Deno.test("OutputBuffer.discard: all is lost that was not written, also what is under way", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  write(buffer, packet(10), true);
  buffer.take();
  write(buffer, packet(SMALL), true);
  write(buffer, packet(LARGE), true);
  assert.equal(buffer.discard(), 3);
  assert.deepEqual(
    [buffer.pending, buffer.pendingMessages, buffer.writing, buffer.take()],
    [0, 0, false, undefined],
  );
});

Deno.test("OutputBuffer.discard leaves the chunk under way alone: the transport may still read it", () => {
  const pool = new ChunkPool();
  const buffer = new OutputBuffer(pool);
  write(buffer, packet(10, 1));
  const underWay = buffer.take()!;
  buffer.discard();
  const next = new OutputBuffer(pool);
  write(next, packet(10, 2));
  assert.deepEqual([...underWay], [...packet(10, 1)]);
});

Deno.test("ChunkPool gives chunks again, and sizes that it does not keep to the collector", () => {
  const pool = new ChunkPool();
  const small = pool.take(1, false);
  const large = pool.take(1, true);
  const huge = pool.take(LARGE + 1, true);
  assert.deepEqual([small.length, large.length, huge.length], [SMALL, LARGE, LARGE + 1]);
  for (const chunk of [small, large, huge]) pool.give(chunk);
  assert.equal(pool.take(SMALL, false), small);
  assert.equal(pool.take(SMALL + 1, false), large);
  assert.notEqual(pool.take(LARGE + 1, false), huge);
  assert.notEqual(pool.take(1, false), small, "each is given once");
});

Deno.test("ChunkPool keeps a bounded number", () => {
  const pool = new ChunkPool();
  const chunks = Array.from({ length: 200 }, () => pool.take(LARGE, true));
  for (const chunk of chunks) pool.give(chunk);
  const again = new Set(chunks.map(() => pool.take(LARGE, true)));
  assert.equal(chunks.filter((chunk) => again.has(chunk)).length, 128);
});

Deno.test("OutputBuffer: the bytes come out as they went in, whatever the sizes and writes", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("write"), size: fc.integer({ min: 1, max: 3000 }) }),
    fc.record({ kind: fc.constant("write"), size: fc.integer({ min: 1, max: 70_000 }) }),
    fc.record({ kind: fc.constant("take"), size: fc.constant(0) }),
    fc.record({ kind: fc.constant("written"), size: fc.constant(0) }),
  );
  const pool = new ChunkPool();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const buffer = new OutputBuffer(pool);
      let next = 0;
      let expected = 0;
      let taken: Uint8Array | undefined;
      const finishWrite = () => {
        for (const byte of taken!) if (byte !== expected++ % 251) assert.fail("another byte");
        taken = undefined;
        buffer.written();
      };
      for (const { kind, size } of steps) {
        if (kind === "write") write(buffer, Uint8Array.from({ length: size }, () => next++ % 251));
        else if (kind === "take") taken = buffer.take() ?? taken;
        else if (taken !== undefined) finishWrite();
        assert.equal(buffer.pending, next - expected);
      }
      while (buffer.pending > 0) {
        taken ??= buffer.take();
        finishWrite();
      }
      assert.equal(expected, next);
    }),
    { numRuns: 50 },
  );
});

Deno.test("OutputBuffer.append: what follows in the same memory is copied in one piece", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  const lent = Uint8Array.from({ length: 100 }, (_, index) => index);
  assert.equal(buffer.append(lent, 10, 20), true);
  assert.equal(buffer.append(lent, 20, 30), false, "follows");
  assert.deepEqual([buffer.pending, buffer.pendingMessages, buffer.messages], [20, 2, 0]);
  assert.equal(buffer.append(lent, 40, 50), true, "there is a gap");
  assert.equal(buffer.append(lent.slice(), 50, 60), true, "other memory");
  assert.deepEqual([buffer.pending, buffer.pendingMessages], [40, 4]);
  buffer.settle();
  lent.fill(0);
  const expected = [...range(10, 30), ...range(40, 60)];
  assert.deepEqual([...buffer.take()!], expected);
  assert.equal(buffer.written(), 4);
  assert.deepEqual([buffer.pending, buffer.pendingMessages], [0, 0]);
});

Deno.test("OutputBuffer.append: order is kept with what is written otherwise", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  const lent = Uint8Array.from({ length: 100 }, (_, index) => index);
  write(buffer, packet(2, 201));
  buffer.append(lent, 0, 3);
  write(buffer, packet(1, 202));
  buffer.append(lent, 3, 5);
  assert.deepEqual([...buffer.take()!], [201, 201, 0, 1, 2, 202, 3, 4], "take copies the rest");
});

Deno.test("OutputBuffer.append: a piece is no larger than a chunk, except for one large packet", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  const lent = packet(4 * LARGE);
  assert.equal(buffer.append(lent, 0, LARGE - 1), true);
  assert.equal(buffer.append(lent, LARGE - 1, LARGE), false);
  assert.equal(buffer.append(lent, LARGE, LARGE + 1), true, "would be more than a chunk");
  assert.equal(buffer.append(lent, LARGE + 1, 4 * LARGE), true, "more than a chunk by itself");
  const sizes = [];
  for (let chunk = buffer.take(); chunk; chunk = buffer.take()) {
    sizes.push(chunk.length);
    buffer.written();
  }
  assert.equal(sizes.reduce((sum, size) => sum + size), 4 * LARGE);
});

Deno.test("OutputBuffer.discard: what was not copied yet is lost too", () => {
  const buffer = new OutputBuffer(new ChunkPool());
  buffer.append(packet(10), 0, 5);
  buffer.append(packet(10), 5, 10);
  assert.equal(buffer.discard(), 2);
  assert.deepEqual([buffer.pending, buffer.pendingMessages, buffer.take()], [0, 0, undefined]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
