/** What README.md says is true: its commands run and its examples work. */
import assert from "#assert";
import mqtt from "mqtt";
import { LocalServer } from "../support/local_server.ts";
import { codeBlocks } from "../support/markdown.ts";
import { lineByLine } from "../support/mosquitto.ts";
import { Program } from "../support/program.ts";
import { FREE_PORTS_ENV, reachedBy } from "../support/real_broker.ts";
import { RepositoryCopy } from "../support/repository_copy.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const readme = await Deno.readTextFile(`${ROOT}README.md`);
const blocks = codeBlocks(readme);
const commands = blocks.filter(({ language }) => language === "sh")
  .flatMap(({ code }) => code.trimEnd().split("\n"));

/** The block of that language, of which there is one. */
function onlyBlock(language: string): string {
  const found = blocks.filter((each) => each.language === language);
  assert.equal(found.length, 1, `blocks of ${language}`);
  return found[0]!.code;
}

/** How each command is run, by what it is. Every command is exactly one of these. */
const KINDS = {
  start: /^([A-Z_]+=\S+ )?npx -y deno@2\.9\.6 task start( (?!--help).*)?$/,
  test: /^npx -y deno@2\.9\.6 task test$/,
  help: /^npx -y deno@2\.9\.6 task start --help$/,
  check: /^npx -y deno@2\.9\.6 run .* main\.ts check-config my\.yaml$/,
  embed: /^npx -y deno@2\.9\.6 run .* embed\.ts$/,
  subscribe: /^mosquitto_sub (?!.* -C )(?!.* -i ).*-v$/,
  client: /^mosquitto_sub .* -i door-1 .*-v$/,
  publish: /^mosquitto_pub -h 127\.0\.0\.1 -p 1883 -t hello\/world -m hi$/,
  retain: /^mosquitto_pub .* -r /,
  retained: /^mosquitto_sub .* -C 1$/,
  curl: /^curl .* http:\/\/127\.0\.0\.1:8080\/api\/v1\/sessions(\/door-1)?$/,
  reset: /^npx -y deno@2\.9\.6 task tidemq admin reset-password$/,
} as const;
type Kind = keyof typeof KINDS;

const of = (kind: Kind) => commands.filter((command) => KINDS[kind].test(command));

/** Runs a command of the README as it stands there, in a copy of the repository. */
function run(
  command: string,
  { folder }: RepositoryCopy,
  env: Record<string, string> = {},
): Program {
  return new Program("sh", {
    args: ["-c", command],
    cwd: folder,
    env: { ...FREE_PORTS_ENV, ...env },
    group: true,
  });
}

Deno.test("README: leads with the command that starts and the command that tests", () => {
  assert.deepEqual(commands.slice(0, 2), [
    "npx -y deno@2.9.6 task start",
    "npx -y deno@2.9.6 task test",
  ]);
});

Deno.test("README: each command is one that a test here knows to run", () => {
  for (const command of commands) {
    const kinds = Object.values(KINDS).filter((pattern) => pattern.test(command));
    assert.equal(kinds.length, 1, command);
  }
  for (const kind of Object.keys(KINDS) as Kind[]) assert.ok(of(kind).length > 0, kind);
});

Deno.test("README: its start commands serve, from a fresh copy on, with nothing downloaded before", async () => {
  await using copy = await RepositoryCopy.make();
  await Deno.writeTextFile(`${copy.folder}/my.yaml`, onlyBlock("yaml"));
  // Empty for the first one: what it needs is downloaded then, and only then.
  const DENO_DIR = `${copy.folder}/.cache/deno`;
  for (const command of of("start")) {
    await using program = run(command, copy, { DENO_DIR });
    const started = performance.now();
    const { http } = await reachedBy(program);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${command}: ready after ${seconds} s`);
    const response = await fetch(`${http}/ready`);
    await response.body?.cancel();
    assert.equal(response.status, 200);
    program.signalGroup("SIGINT");
    assert.match((await program.ended()).err, /stopped/);
  }
});

Deno.test("README: the ports that it names are those of the defaults", async () => {
  const defaults = await Deno.readTextFile(`${ROOT}config/tidemq.yaml`);
  assert.match(defaults, /^ {2}tcp_addr: 127\.0\.0\.1:1883$/m);
  assert.match(defaults, /^ {2}ws_addr: 127\.0\.0\.1:8083$/m);
  assert.match(defaults, /^ {2}http_addr: 127\.0\.0\.1:8080$/m);
  const places = readme.match(/-p \d+|127\.0\.0\.1:80\d\d/g)!;
  assert.deepEqual(new Set(places), new Set(["-p 1883", "127.0.0.1:8080"]));
});

Deno.test("README: the test command is the task that there is", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  assert.match(tasks.test, / tests\/run\.ts$/);
  assert.equal(of("test").length, 1);
});

Deno.test("README: --help and check-config answer", async () => {
  await using copy = await RepositoryCopy.make();
  await Deno.writeTextFile(`${copy.folder}/my.yaml`, onlyBlock("yaml"));
  await using help = run(of("help")[0]!, copy);
  assert.match((await help.succeeds()).out, /Usage: tidemq/);
  await using check = run(of("check")[0]!, copy);
  assert.match((await check.succeeds()).out, /^ok\n {2}server\.tcp_addr: /);
});

Deno.test("README: the program that embeds the broker runs", async () => {
  await using copy = await RepositoryCopy.make();
  await Deno.writeTextFile(`${copy.folder}/embed.ts`, onlyBlock("ts"));
  await using embedded = run(of("embed")[0]!, copy);
  const { out } = await embedded.succeeds();
  assert.match(
    out,
    /^\[ \{ name: "tcp", address: "127\.0\.0\.1:\d+" \} \] published to 0 clients\n$/,
  );
});

Deno.test("README: mosquitto's commands do what it says", async () => {
  const subscribed = Promise.withResolvers<void>();
  await using server = await LocalServer.start({}, {
    observer: { subscriptionCreated: () => subscribed.resolve() },
  });
  const start = (command: string) => {
    const [program, ...args] = wordsOf(command.replace("-p 1883", `-p ${server.port}`));
    return new Program("stdbuf", { args: [...lineByLine(program!), ...args] });
  };
  await using subscriber = start(of("subscribe")[0]!);
  await subscribed.promise;
  await using publisher = start(of("publish")[0]!);
  await publisher.succeeds();
  await subscriber.line(/^hello\/world hi$/);
  await using retainer = start(of("retain")[0]!);
  await retainer.succeeds();
  await using late = start(of("retained")[0]!);
  assert.equal((await late.succeeds()).out, "open\n");
});

Deno.test("README: curl shows the sessions, and the one of a client, with the token of the first start", async () => {
  const subscribed = Promise.withResolvers<void>();
  await using server = await LocalServer.start({ admin: { enabled: true } }, {
    observer: { subscriptionCreated: () => subscribed.resolve() },
  });
  const [program, ...args] = wordsOf(of("client")[0]!.replace("-p 1883", `-p ${server.port}`));
  await using _client = new Program(program!, { args });
  await subscribed.promise;
  const answers = [];
  for (const each of of("curl")) {
    const command = each.replace("127.0.0.1:8080", server.addressOf("http"));
    const args = ["-c", command.replace("curl", "curl -sS")];
    const env = { TIDEMQ_TOKEN: server.firstCredentials!.token };
    await using curl = new Program("sh", { args, env });
    answers.push(JSON.parse((await curl.succeeds()).out));
  }
  const [list, session] = answers;
  assert.deepEqual([session.client_id, session.connected, session.subscriptions], [
    "door-1",
    true,
    1,
  ]);
  assert.deepEqual(list.items.map(({ client_id }: typeof session) => client_id), ["door-1"]);
});

Deno.test("README: reset-password shows a password after a first start", async () => {
  await using copy = await RepositoryCopy.make();
  const onDisk = { TIDEMQ_STORAGE__TYPE: "leveldb" };
  await using program = run(of("start")[0]!, copy, onDisk);
  await reachedBy(program);
  assert.match(program.out.all.join("\n"), / {4}password {3}(\w{5}-){3}\w{5}\n/);
  program.signalGroup("SIGINT");
  await program.ended();
  await using reset = run(of("reset")[0]!, copy, onDisk);
  const { out } = await reset.succeeds();
  assert.match(out, /the user admin has a new password\n {2}password {3}(\w{5}-){3}\w{5}\n$/);
});

/** The words of a command of the shell that quotes with ' only. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

Deno.test("README: the example of MQTT.js receives what it publishes", async () => {
  await using server = await LocalServer.start();
  const [importing, ...body] = onlyBlock("js").trimEnd().split("\n");
  assert.equal(importing, 'import mqtt from "mqtt";');
  const source = body.join("\n").replace("127.0.0.1:8080", server.addressOf("http"));
  const shown = Promise.withResolvers<string[]>();
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
  const example = new AsyncFunction("mqtt", "console", `${source}\nreturn client;`);
  const client = await example(mqtt, { log: (...words: string[]) => shown.resolve(words) });
  assert.deepEqual(await shown.promise, ["hello/websocket", "hi"]);
  await client.endAsync();
});
