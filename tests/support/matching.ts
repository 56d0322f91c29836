import assert from "#assert";

/**
 * Asserts that `actual` has every member of `expected`, to any depth; arrays have to agree in
 * length. Bytes equal a string when they are its UTF-8, and a member that is expected to be
 * undefined must be absent.
 */
export function assertMatches(actual: unknown, expected: unknown, path = "packet"): void {
  if (actual instanceof Uint8Array) {
    const text = typeof expected === "string";
    const bytes = text ? new TextEncoder().encode(expected) : expected;
    assert.deepEqual([...actual], [...bytes as Uint8Array], path);
  } else if (typeof expected !== "object" || expected === null) {
    assert.deepEqual(actual, expected, path);
  } else {
    assert.ok(typeof actual === "object" && actual !== null, `${path} has no members`);
    if (Array.isArray(expected)) {
      const length = Array.isArray(actual) ? actual.length : undefined;
      assert.equal(length, expected.length, `${path} has another length: ${actual}`);
    }
    for (const [key, value] of Object.entries(expected)) {
      assertMatches((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  }
}
