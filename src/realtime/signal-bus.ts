/**
 * Short messages between the nodes of a service, at most once: whatever must not be lost is in PostgreSQL, and the
 * receiver of a signal only looks sooner. A publisher hears its own signals too.
 */
export abstract class SignalBus {
  /** Resolves when the signal was handed over; one that cannot be is logged and lost. */
  abstract publish(channel: string, payload: object): Promise<void>;

  /** Calls back for every signal of a channel, with its payload as plain JSON; returns the unsubscription. */
  abstract subscribe(channel: string, listener: SignalListener): () => void;

  /** Resolves when every subscription made so far hears what is published from now on. */
  abstract ready(): Promise<void>;

  abstract close(): Promise<void>;
}

export type SignalListener = (payload: unknown) => void;
