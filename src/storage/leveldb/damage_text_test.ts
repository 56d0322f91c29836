import assert from "#assert";
import { withWayOut } from "./damage_text.ts";
import { Database } from "./database.ts";
import { DamagedDataError, StoreOpenError } from "./errors.ts";
import { TestFolder } from "./mend/level_fixture.ts";
import { filledDirectory } from "./store_fixture.ts";

Deno.test("withWayOut: names the database, the damage and what to do, however deep the cause is", () => {
  const damage = new DamagedDataError("message 7");
  for (const error of [damage, new Error("cannot start", { cause: damage })]) {
    const explained = withWayOut("/d", error) as StoreOpenError;
    assert.equal(explained.problem, "damaged");
    assert.equal(
      explained.message,
      'the database in /d is damaged: message 7; "tidemq storage check /d --full" shows all of it, ' +
        '"tidemq storage repair /d" saves what can be saved',
    );
  }
});

Deno.test("withWayOut: leaves other errors as they are", () => {
  const others = [new Error("x"), new StoreOpenError("in_use", "x"), "text"];
  for (const error of others) assert.equal(withWayOut("/d", error), error);
});

Deno.test("Database.open: what LevelDB itself finds damaged is said with the way out", async () => {
  await using folder = await TestFolder.make();
  await filledDirectory(folder.path);
  await Deno.writeTextFile(`${folder.path}/CURRENT`, "nothing");
  await assert.rejects(Database.open(folder.path), {
    problem: "damaged",
    message: /is damaged: LevelDB says "Corruption: .*"; .*"tidemq storage repair /,
  });
});
