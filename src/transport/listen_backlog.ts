/**
 * How many connections the kernel holds for us until we accept them (it may cap this): a fleet that
 * reconnects at once waits here instead of retrying after a second.
 */
export const LISTEN_BACKLOG = 4_096;
