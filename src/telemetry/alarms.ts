/**
 * What an operator should look at, and the events that say when it begins and ends.
 *
 * | alarm  | event                       | next   | effect                            |
 * |--------|-----------------------------|--------|-----------------------------------|
 * | off    | looked at: something is so  | raised | `alarm`, `active` true            |
 * | raised | looked at: with other words | raised | `alarm`, `active` true            |
 * | raised | looked at: no longer        | off    | `alarm`, `active` false           |
 * | raised | looked at: nobody can say   | raised |                                   |
 */
import type { Readiness } from "./health.ts";

export interface Alarm {
  readonly id: "not_ready" | "storage_damage" | "accounting_difference";
  readonly severity: "critical" | "warning";
  readonly message: string;
}

export interface AlarmSources {
  readiness(): Readiness;
  /** In plain words; empty: none. */
  readonly storageDamage: readonly string[];
  /** Told the type and the data of an event. */
  publish(type: "alarm", data: Alarm & { readonly active: boolean }): void;
}

export class Alarms {
  readonly #sources: AlarmSources;
  #raised: readonly Alarm[] = [];

  constructor(sources: AlarmSources) {
    this.#sources = sources;
  }

  /**
   * All that are raised now. `difference`: of the books, as far as somebody has figured it; that of
   * the last time stands while nobody knows.
   */
  look(difference?: number): readonly Alarm[] {
    const before = this.#raised;
    const now = [...this.#seen(), ...this.#differing(difference)];
    this.#raised = now;
    for (const alarm of now) {
      const known = before.find(({ id }) => id === alarm.id);
      if (known?.message !== alarm.message) this.#tell(alarm, true);
    }
    for (const alarm of before) {
      if (now.every(({ id }) => id !== alarm.id)) this.#tell(alarm, false);
    }
    return now;
  }

  #seen(): Alarm[] {
    const { storageDamage } = this.#sources;
    const { ready, details } = this.#sources.readiness();
    const alarms: Alarm[] = [];
    if (!ready) {
      const message = Object.entries(details).map(([part, why]) => `${part}: ${why}`).join("; ");
      alarms.push({ id: "not_ready", severity: "critical", message });
    }
    if (storageDamage.length > 0) {
      alarms.push({ id: "storage_damage", severity: "warning", message: storageDamage.join("; ") });
    }
    return alarms;
  }

  #differing(difference: number | undefined): readonly Alarm[] {
    const id = "accounting_difference";
    if (difference === undefined) return this.#raised.filter((alarm) => alarm.id === id);
    if (difference === 0) return [];
    const message = `the books differ by ${difference}: this is a bug`;
    return [{ id, severity: "warning", message }];
  }

  #tell(alarm: Alarm, active: boolean): void {
    this.#sources.publish("alarm", { ...alarm, active });
  }
}
