import {
  COMPOSITION_ROOTS,
  CONTRACTS,
  isTestSupport,
  PACKAGE_FILE,
  rankedUnit,
  RANKS,
  SHARED_FILES,
} from "./rank_table.ts";

/** One name that a file takes from another: of an import, a re-export or an import type. */
export interface ImportedName {
  /** Undefined when the whole module is meant: `import "x"`, `import * as`, `export *`. */
  readonly name: string | undefined;
  readonly typeOnly: boolean;
}

/**
 * Why `file` may not import `names` from `target` (both relative to the repository); undefined when
 * it may.
 */
export function importProblem(
  file: string,
  target: string,
  names: readonly ImportedName[],
): string | undefined {
  if (file.startsWith("admin-ui/")) return consoleProblem(target, names);
  const unit = rankedUnit(file);
  if (unit === undefined) return undefined; // Tests and benchmarks may look at everything.
  const targetUnit = rankedUnit(target);
  if (targetUnit === undefined) {
    return isTestSupport(file) || target === PACKAGE_FILE
      ? undefined
      : `${file} may not import ${target}, which is no part of the program`;
  }
  if (unit === targetUnit) {
    return isTestSupport(target) && !isTestSupport(file)
      ? `${target} is for tests only`
      : undefined;
  }
  if (RANKS[targetUnit]! >= RANKS[unit]!) {
    return `${unit} (rank ${RANKS[unit]}) may not import ${targetUnit} ` +
      `(rank ${RANKS[targetUnit]}): imports point to a smaller rank`;
  }
  return isTestSupport(file) ? undefined : contractProblem(file, target, targetUnit, names);
}

function contractProblem(
  file: string,
  target: string,
  targetUnit: string,
  names: readonly ImportedName[],
): string | undefined {
  if (isTestSupport(target)) return `${target} is for tests only`;
  const contract = CONTRACTS[targetUnit];
  if (contract === undefined || COMPOSITION_ROOTS.includes(file)) return undefined;
  if (SHARED_FILES.includes(target)) return undefined;
  if (target !== contract) {
    return `${target} is an implementation, which only ${COMPOSITION_ROOTS.join(" and ")} ` +
      `may name: import ${contract}`;
  }
  const value = names.find((imported) => !imported.typeOnly && !isPartOfContract(imported.name));
  if (value === undefined) return undefined;
  return `${value.name ?? "the module"} comes from ${contract} as a value: others import only ` +
    "types, errors and constants from there";
}

/** Error classes, to tell failures apart, and constants: values, but no behaviour. */
function isPartOfContract(name: string | undefined): boolean {
  return name !== undefined && /^([A-Z][A-Z0-9_]*|[A-Za-z]+Error)$/.test(name);
}

function consoleProblem(target: string, names: readonly ImportedName[]): string | undefined {
  const unit = rankedUnit(target);
  if (target.startsWith("admin-ui/") || unit === "src/mqtt" || unit === "src/session") {
    return undefined;
  }
  if (unit === "src/admin" && names.length > 0 && names.every(({ typeOnly }) => typeOnly)) {
    return undefined;
  }
  return `the console may not import ${target}: only types of src/admin, and src/mqtt and ` +
    "src/session";
}
