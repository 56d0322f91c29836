/** The groups that share a subscription, in pages by topic filter. */
import { compareText, Selection } from "../../base/selection.ts";
import type { SharedGroup } from "../../router/router.ts";
import type { BrokerContext, ClientSession } from "../context.ts";
import { limitOf, type Page, type PageRequest } from "./page.ts";
import type { RowGate } from "./row_gate.ts";
import { hasPart } from "./text_part.ts";

/** All that is given must hold. */
export interface SharedGroupFilter {
  readonly shareName?: string | undefined;
  /** A part of the topic filter, in any case. */
  readonly q?: string | undefined;
}

export interface SharedGroupView {
  /** `$share/<share name>/<match filter>`. */
  readonly topicFilter: string;
  readonly shareName: string;
  readonly matchFilter: string;
  readonly members: number;
}

export interface SharedGroupPosition {
  readonly topicFilter: string;
}

type Group = SharedGroup<ClientSession>;

export class SharedGroupList {
  readonly #context: BrokerContext;
  readonly #gate: RowGate;

  constructor(context: BrokerContext, gate: RowGate) {
    this.#context = context;
    this.#gate = gate;
  }

  /** Looks at all groups, in slices. */
  async page(
    { shareName, q = "" }: SharedGroupFilter,
    request: PageRequest<SharedGroupPosition>,
  ): Promise<Page<SharedGroupView, SharedGroupPosition>> {
    const has = hasPart(q);
    const after = request.after?.topicFilter;
    const selection = new Selection<Row>(limitOf(request), byTopicFilter);
    let value = 0;
    for (const [topicFilter, group] of this.#context.router.sharedGroups) {
      const wait = this.#gate.pass();
      if (wait !== undefined) await wait;
      if (shareName !== undefined && group.shareName !== shareName) continue;
      if (!has(topicFilter)) continue;
      value++;
      if (after === undefined || topicFilter > after) selection.offer({ topicFilter, group });
    }
    const items = selection.rows.map(viewOf);
    const last = items[items.length - 1];
    const next = selection.overflowed ? { topicFilter: last!.topicFilter } : undefined;
    return request.count === true
      ? { items, next, total: { value, relation: "eq" } }
      : { items, next };
  }
}

interface Row {
  readonly topicFilter: string;
  readonly group: Group;
}

function byTopicFilter(a: Row, b: Row): number {
  return compareText(a.topicFilter, b.topicFilter);
}

function viewOf({ topicFilter, group }: Row): SharedGroupView {
  const { shareName, matchFilter, memberCount } = group;
  return { topicFilter, shareName, matchFilter, members: memberCount };
}
