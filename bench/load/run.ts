import type { LoadArguments } from "./arguments.ts";
import { Books } from "./books.ts";
import { Client } from "./client.ts";
import { ClientLoop } from "./client_loop.ts";
import { runIdle } from "./idle_run.ts";
import { Meters } from "./meters.ts";
import { Publisher } from "./publisher.ts";
import { type LoadReport, reportOf } from "./report.ts";
import { RetainedRun } from "./retained_run.ts";
import { RetainedSubscriber } from "./retained_subscriber.ts";
import type { Scenario } from "./scenarios.ts";
import { StreamRun } from "./stream_run.ts";
import { Subscriber } from "./subscriber.ts";

interface Bench {
  readonly scenario: Scenario;
  readonly loop: ClientLoop;
  readonly books: Books;
  readonly meters: Meters;
}

/** Runs one scenario against a broker that is up. Throws when the broker does not let it begin. */
export function runLoad(options: LoadArguments): LoadReport {
  const { scenario, port, webSocketPath, pid } = options;
  const loop = new ClientLoop({
    port,
    webSocketPath: scenario.webSocket ? webSocketPath : undefined,
  });
  const bench = { scenario, loop, books: new Books(), meters: new Meters(pid) };
  switch (scenario.measure) {
    case "bytesPerConnection":
      return idle(bench);
    case "retainedSeconds":
      return retained(bench);
    case "deliveredPerSecond":
    case "latency":
      return stream(bench, options);
  }
}

function idle({ scenario, loop, books, meters }: Bench): LoadReport {
  const clients = times(scenario.idle, (index) => new Client(clientId("i", index), loop, books));
  return reportOf(scenario.name, books, runIdle(clients, loop, meters));
}

function retained({ scenario, loop, books, meters }: Bench): LoadReport {
  const id = clientId("p", 0);
  const publisher = new Publisher({ clientId: id, index: 0, scenario, retain: true }, loop, books);
  const subscriber = new RetainedSubscriber(clientId("s", 0), scenario, loop, books);
  loop.connect([publisher, subscriber]);
  const run = new RetainedRun(loop, books, meters);
  return reportOf(scenario.name, books, run.run(publisher, subscriber, scenario.topics));
}

function stream({ scenario, loop, books, meters }: Bench, options: LoadArguments): LoadReport {
  const subscribers = times(
    scenario.subscribers,
    (index) => new Subscriber(clientId("s", index), index, scenario, loop, books),
  );
  const publishers = times(
    scenario.publishers,
    (index) => new Publisher({ clientId: clientId("p", index), index, scenario }, loop, books),
  );
  loop.connect(subscribers);
  loop.connect(publishers);
  const measured = new StreamRun(scenario, publishers, loop, books, meters).run(options);
  const report = reportOf(scenario.name, books, measured);
  if (scenario.persistent) forget(subscribers, loop);
  return report;
}

/** Takes the sessions over with clean ones, so that the broker does not queue for them for ever. */
function forget(subscribers: readonly Client[], loop: ClientLoop): void {
  loop.connect(subscribers.map(({ clientId }) => new Client(clientId, loop, new Books())));
}

function clientId(role: string, index: number): string {
  return `load-${Deno.pid}-${role}${index}`;
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
