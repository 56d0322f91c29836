import type { BrokerObserver } from "./observer.ts";

/** Every method of an observer; the compiler sees to it that none is missing. */
const METHODS = {
  clientConnected: true,
  clientDisconnected: true,
  sessionTakenOver: true,
  sessionEnded: true,
  messagePublished: true,
  messagesPublished: true,
  messageDelivered: true,
  messageDropped: true,
  messageRetained: true,
  subscriptionCreated: true,
  subscriptionRemoved: true,
  authSucceeded: true,
  authFailed: true,
  publishDenied: true,
  subscribeDenied: true,
  protocolError: true,
} as const satisfies Record<keyof BrokerObserver, true>;

type Listener = (first?: unknown, second?: unknown, third?: unknown) => void;

/**
 * Several observers as one, told in their order. A method that none of them has is not there, so
 * that it costs nothing; one that a single observer has is that observer's own. What an observer
 * listens to is settled when it is passed in.
 */
export function observerFanOut(observers: readonly BrokerObserver[]): BrokerObserver {
  const fanOut: Record<string, Listener> = {};
  for (const method of Object.keys(METHODS) as (keyof BrokerObserver)[]) {
    const listeners: Listener[] = observers.flatMap((observer) => {
      const listener = observer[method] as Listener | undefined;
      return listener === undefined ? [] : [listener.bind(observer)];
    });
    if (listeners.length === 1) fanOut[method] = listeners[0]!;
    else if (listeners.length > 1) {
      fanOut[method] = (first, second, third) => {
        for (let i = 0; i < listeners.length; i++) listeners[i]!(first, second, third);
      };
    }
  }
  return fanOut;
}
