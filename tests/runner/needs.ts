/** What a suite needs besides Deno and npm packages, and how it is got where it is missing. */
interface Provision {
  /** There already when it is on PATH, or, with a path of its own, when that file exists. */
  readonly found: string;
  readonly debianPackage: string;
}

/** Debian's Python, the only one that finds Debian's packages, and the client library for it. */
export const PYTHON = "/usr/bin/python3";
const PAHO = "/usr/lib/python3/dist-packages/paho/mqtt/client.py";

const PROVISIONS = {
  "mosquitto clients": { found: "mosquitto_sub", debianPackage: "mosquitto-clients" },
  "curl": { found: "curl", debianPackage: "curl" },
  "npx": { found: "npx", debianPackage: "npm" },
  "Chromium": { found: "chromium", debianPackage: "chromium" },
  "paho": { found: PAHO, debianPackage: "python3-paho-mqtt" },
  "C compiler": { found: "cc", debianPackage: "gcc" },
  "C library headers": { found: "/usr/include/stdio.h", debianPackage: "libc6-dev" },
} as const satisfies Record<string, Provision>;

export type Need = keyof typeof PROVISIONS;

/** Asked by Debian's package scripts before they start a service (exit code 101: do not). */
const POLICY_FILE = "/usr/sbin/policy-rc.d";

/**
 * Provides `needs`: installs the Debian packages of the missing ones when this runs as root on a
 * machine with apt-get. Otherwise throws an error that names the packages to install.
 */
export async function provide(needs: Iterable<Need>): Promise<void> {
  const missing = new Set<string>();
  for (const need of new Set(needs)) {
    const { found, debianPackage } = PROVISIONS[need];
    const there = found.startsWith("/") ? await isFile(found) : await installed(found);
    if (!there) missing.add(debianPackage);
  }
  if (missing.size === 0) return;
  const packages = [...missing];
  if (Deno.uid() !== 0 || !await installed("apt-get")) {
    throw new Error(
      `The tests need Debian's ${packages.join(" and ")}: apt-get install ${packages.join(" ")}`,
    );
  }
  console.log(`Installing with apt-get: ${packages.join(" ")}`);
  await withoutServices(async () => {
    await aptGet("update");
    await aptGet("install", "--yes", "--no-install-recommends", ...packages);
  });
}

/** Whether `command` can be started. */
async function installed(command: string): Promise<boolean> {
  // PATH may lack the folders for administrators.
  const path = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"];
  for (const folder of path) {
    if (await isFile(`${folder}/${command}`, 0o111)) return true;
  }
  return false;
}

/** Whether `path` is a file with one of the bits of `mode`, if any are given. */
async function isFile(path: string, mode = 0): Promise<boolean> {
  try {
    const file = await Deno.stat(path);
    return file.isFile && (mode === 0 || ((file.mode ?? 0) & mode) !== 0);
  } catch {
    return false;
  }
}

/** Keeps a package that is installed from starting a broker of its own on port 1883. */
async function withoutServices(install: () => Promise<void>): Promise<void> {
  const script = "#!/bin/sh\nexit 101\n";
  try {
    await Deno.writeTextFile(POLICY_FILE, script, { mode: 0o755, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await install(); // The machine has a policy: it decides.
  }
  try {
    await install();
  } finally {
    await Deno.remove(POLICY_FILE);
  }
}

async function aptGet(...args: string[]): Promise<void> {
  const { success, code, stdout, stderr } = await new Deno.Command("apt-get", {
    args,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (success) return;
  const text = new TextDecoder();
  console.error(text.decode(stdout) + text.decode(stderr));
  throw new Error(`apt-get ${args.join(" ")} failed with exit code ${code}`);
}
