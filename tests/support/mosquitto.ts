import { type Ended, Program } from "./program.ts";

/** Versions as the CONNECT of each has them, and as mosquitto's clients call them. */
const VERSION_OPTIONS = { 3: "mqttv31", 4: "mqttv311", 5: "mqttv5" } as const;
export type Version = keyof typeof VERSION_OPTIONS;

/** What the clients are to connect to. */
export interface At {
  readonly port: number;
}

/** A message as `mosquitto_sub -F %j` prints it. */
export interface SubscribedMessage {
  readonly topic: string;
  /** Null: no bytes. */
  readonly payload: string | null;
  readonly qos: number;
  readonly retain: number;
  /** By name as in the specification, with hyphens. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface SubscriberOptions {
  readonly version: Version;
  readonly topics: readonly string[];
  readonly qos?: number;
  readonly args?: readonly string[];
}

/** Arguments of `stdbuf` for a program that would keep its output to itself, away from a terminal. */
export const lineByLine = (program: string): string[] => ["-oL", program];

/** A `mosquitto_sub` that runs. */
export class MosquittoSubscriber implements AsyncDisposable {
  readonly program: Program;
  /** The payload of its CONNACK, as the client prints it. */
  readonly connack: string;

  private constructor(program: Program, connack: string) {
    this.program = program;
    this.connack = connack;
  }

  /** Resolves when the broker has acknowledged every subscription. */
  static async start(at: At, options: SubscriberOptions): Promise<MosquittoSubscriber> {
    const { version, topics, qos = 2, args = [] } = options;
    const program = new Program("stdbuf", {
      args: [
        ...lineByLine("mosquitto_sub"),
        ...connectArguments(at, version),
        ...["-d", "-F", "%j", "-q", String(qos)],
        ...topics.flatMap((topic) => ["-t", topic]),
        ...args,
      ],
    });
    try {
      const [connack] = await program.line(/received CONNACK.*/);
      await program.line(/^Subscribed \(mid: \d+\)/);
      return new MosquittoSubscriber(program, connack);
    } catch (error) {
      await program[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The next message. */
  async next(): Promise<SubscribedMessage> {
    return JSON.parse(await this.nextText());
  }

  /** The same as the text that was printed: JSON would lose a name that comes twice. */
  async nextText(): Promise<string> {
    return (await this.program.line(/^\{.*\}$/))[0];
  }

  /** The payloads of the next messages. */
  async payloads(count: number): Promise<(string | null)[]> {
    const payloads: (string | null)[] = [];
    while (payloads.length < count) payloads.push((await this.next()).payload);
    return payloads;
  }

  /** Ends it in order: it sends DISCONNECT. */
  async disconnect(): Promise<void> {
    this.program.signal("SIGTERM");
    await this.program.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

export interface PublisherOptions {
  readonly version: Version;
  readonly topic: string;
  /** Default: no payload. */
  readonly message?: string;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly args?: readonly string[];
}

/** Publishes one message with `mosquitto_pub` and waits until the client is done. */
export async function mosquittoPublish(at: At, options: PublisherOptions): Promise<Ended> {
  await using program = startPublisher(at, options);
  return await program.succeeds();
}

/** A `mosquitto_pub` that runs; with `-l` it goes on for as long as its input does. */
export function startPublisher(at: At, options: PublisherOptions): Program {
  const { version, topic, message, qos = 0, retain = false, args = [] } = options;
  const fromElsewhere = args.includes("-f") || args.includes("-l");
  return new Program("mosquitto_pub", {
    args: [
      ...connectArguments(at, version),
      ...["-d", "-t", topic, "-q", String(qos)],
      ...(fromElsewhere ? [] : message === undefined ? ["-n"] : ["-m", message]),
      ...(retain ? ["-r"] : []),
      ...args,
    ],
    input: args.includes("-l"),
  });
}

/** Options that every client of mosquitto takes. */
export function connectArguments({ port }: At, version: Version): string[] {
  return ["-h", "127.0.0.1", "-p", String(port), "-V", VERSION_OPTIONS[version]];
}

/** `-D COMMAND NAME VALUE` for each property; a value may be a name and a value. */
export function propertyArguments(
  command: string,
  properties: readonly (readonly [string, ...string[]])[],
): string[] {
  return properties.flatMap((property) => ["-D", command, ...property]);
}
