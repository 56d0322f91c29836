/** A broker gets a core to itself; the load gets the other one. */
export const BROKER_CORE = 0;
export const LOAD_CORE = 1;
