/** What a suite needs besides Deno and npm packages, and how it is got where it is missing. */
interface Provision {
  /** Found on PATH, or in a folder for administrators that PATH may lack: nothing to do. */
  readonly command: string;
  readonly debianPackage: string;
}

const PROVISIONS = {
  "mosquitto clients": { command: "mosquitto_sub", debianPackage: "mosquitto-clients" },
  "mosquitto": { command: "mosquitto", debianPackage: "mosquitto" },
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
    const { command, debianPackage } = PROVISIONS[need];
    if (!await installed(command)) missing.add(debianPackage);
  }
  if (missing.size === 0) return;
  const packages = [...missing];
  if (Deno.uid() !== 0 || !await installed("apt-get")) {
    throw new Error(
      `The tests need Debian's ${packages.join(" and ")} (or the same programs on PATH): ` +
        `apt-get install ${packages.join(" ")}`,
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
  const path = [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/local/sbin", "/usr/sbin"];
  for (const folder of path) {
    try {
      const file = await Deno.stat(`${folder}/${command}`);
      if (file.isFile && ((file.mode ?? 0) & 0o111) !== 0) return true;
    } catch {
      // Not in this folder.
    }
  }
  return false;
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
