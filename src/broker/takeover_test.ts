import assert from "#assert";
import { planTakeover, type TakeoverPlan, type TakeoverSituation } from "./takeover.ts";

/** Every cell: what there is, clean start, outlives its connection, will delay; then the plan. */
const TABLE: readonly [TakeoverSituation, TakeoverPlan][] = [
  ...cells("none", [false, true], [false], [undefined], {
    session: "create",
    disconnectOld: false,
    will: "none",
  }),
  ...cells("offline", [false], [true], [undefined], {
    session: "resume",
    disconnectOld: false,
    will: "none",
  }),
  ...cells("offline", [false], [true], [0, 60], {
    session: "resume",
    disconnectOld: false,
    will: "cancel",
  }),
  ...cells("offline", [true], [false, true], [undefined], {
    session: "replace",
    disconnectOld: false,
    will: "none",
  }),
  ...cells("offline", [true], [false, true], [0, 60], {
    session: "replace",
    disconnectOld: false,
    will: "publish",
  }),
  ...cells("offline", [false], [false], [60], {
    session: "replace",
    disconnectOld: false,
    will: "publish",
  }),
  ...cells("online", [false], [true], [undefined], {
    session: "resume",
    disconnectOld: true,
    will: "none",
  }),
  ...cells("online", [false], [true], [0], {
    session: "resume",
    disconnectOld: true,
    will: "publish",
  }),
  ...cells("online", [false], [true], [1, 60], {
    session: "resume",
    disconnectOld: true,
    will: "cancel",
  }),
  ...cells("online", [false], [false], [undefined], {
    session: "replace",
    disconnectOld: true,
    will: "none",
  }),
  ...cells("online", [false], [false], [0, 60], {
    session: "replace",
    disconnectOld: true,
    will: "publish",
  }),
  ...cells("online", [true], [false, true], [undefined], {
    session: "replace",
    disconnectOld: true,
    will: "none",
  }),
  ...cells("online", [true], [false, true], [0, 60], {
    session: "replace",
    disconnectOld: true,
    will: "publish",
  }),
];

for (const [situation, plan] of TABLE) {
  const { existing, cleanStart, outlivesConnection, willDelay } = situation;
  const name = `${existing}, clean start ${cleanStart}, outlives ${outlivesConnection}, ` +
    `will delay ${willDelay ?? "-"}`;
  Deno.test(`planTakeover: ${name}: ${plan.session}, will ${plan.will}`, () => {
    assert.deepEqual(planTakeover(situation), plan);
  });
}

function cells(
  existing: TakeoverSituation["existing"],
  cleanStarts: readonly boolean[],
  outlives: readonly boolean[],
  willDelays: readonly (number | undefined)[],
  plan: TakeoverPlan,
): [TakeoverSituation, TakeoverPlan][] {
  return cleanStarts.flatMap((cleanStart) =>
    outlives.flatMap((outlivesConnection) =>
      willDelays.map((willDelay): [TakeoverSituation, TakeoverPlan] => [
        { existing, cleanStart, outlivesConnection, willDelay },
        plan,
      ])
    )
  );
}
