/**
 * Requests that may be sent again: who repeats one with the same key gets the answer of the first.
 *
 * | key       | event                       | next      | effect                                  |
 * |-----------|-----------------------------|-----------|-----------------------------------------|
 * | unknown   | a request                   | under way | it is done                              |
 * | under way | the same request            | under way | waits for the answer                    |
 * | under way | it is refused, or fails     | unknown   | all who wait are told the same          |
 * | under way | it is done                  | answered  |                                         |
 * | answered  | the same request            | answered  | gets the answer, nothing is done        |
 * | answered  | its age is over, no room    | unknown   | the oldest goes first                   |
 * | any known | another request             | the same  | `idempotency_key_reused`                |
 */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../../base/clock.ts";
import type { Principal } from "../access/access_control.ts";
import { Problem } from "./problem.ts";

export const IDEMPOTENCY_KEY = "idempotency-key";
/** On an answer that was given before. */
export const REPLAYED = "idempotency-replayed";

/** Keys of everybody; each with its answer. */
export const KEYS_MAX = 1_000;
/** Of all answers together, in characters. */
export const ANSWERS_LENGTH_MAX = 8 * 1024 * 1024;
/** Since the request came. */
export const KEY_AGE_MS_MAX = 10 * 60_000;

const KEY_LENGTH_MAX = 200;

/** What a request that may be repeated sends. */
export const idempotencyHeaders = z.object({
  [IDEMPOTENCY_KEY]: z.string().min(1).max(KEY_LENGTH_MAX).optional().meta({
    description:
      "Chosen by the client, another one for each request: who sends the request again " +
      "with it within ten minutes gets the same answer, and nothing is done twice.",
  }),
});

export interface KeyedRequest {
  readonly principal: Principal;
  readonly key: string;
  /** With its query. */
  readonly url: URL;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string | null;
}

interface Known {
  readonly fingerprint: string;
  readonly at: number;
  readonly answer: Promise<Answer>;
  /** Of the answer; 0 until it is there. */
  length: number;
}

export class IdempotentAnswers {
  readonly #clock: Clock;
  /** By owner and key, the oldest first. */
  readonly #known = new Map<string, Known>();
  #length = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Throws `idempotency_key_reused`, and what `make` throws. */
  async once(request: KeyedRequest, make: () => Promise<Response>): Promise<Response> {
    this.#forgetOld();
    const name = JSON.stringify([ownerOf(request.principal), request.key]);
    const fingerprint = fingerprintOf(request);
    const before = this.#known.get(name);
    if (before === undefined) return responseOf(await this.#first(name, fingerprint, make));
    if (before.fingerprint !== fingerprint) throw new Problem("idempotency_key_reused");
    const response = responseOf(await before.answer);
    response.headers.set(REPLAYED, "true");
    return response;
  }

  async #first(
    name: string,
    fingerprint: string,
    make: () => Promise<Response>,
  ): Promise<Answer> {
    const known: Known = {
      fingerprint,
      at: this.#clock.now(),
      answer: make().then(answerOf),
      length: 0,
    };
    this.#known.set(name, known);
    this.#makeRoom();
    try {
      const answer = await known.answer;
      if (this.#known.get(name) === known) {
        known.length = answer.body?.length ?? 0;
        this.#length += known.length;
        this.#makeRoom();
      }
      return answer;
    } catch (error) {
      if (this.#known.get(name) === known) this.#known.delete(name);
      throw error;
    }
  }

  #makeRoom(): void {
    for (const name of this.#known.keys()) {
      if (this.#known.size <= KEYS_MAX && this.#length <= ANSWERS_LENGTH_MAX) return;
      this.#forget(name);
    }
  }

  #forgetOld(): void {
    const oldest = this.#clock.now() - KEY_AGE_MS_MAX;
    for (const [name, { at }] of this.#known) {
      if (at >= oldest) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#length -= this.#known.get(name)!.length;
    this.#known.delete(name);
  }
}

function ownerOf(principal: Principal): readonly [string, string] {
  return principal.kind === "user" ? ["user", principal.user.name] : ["token", principal.token.id];
}

function fingerprintOf({ url, body }: KeyedRequest): string {
  return createHash("sha256").update(JSON.stringify([url.pathname, url.search, body ?? null]))
    .digest("base64");
}

async function answerOf(response: Response): Promise<Answer> {
  const { status, headers } = response;
  return { status, headers: [...headers], body: status === 204 ? null : await response.text() };
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
