export interface ReconnectAttempt {
  /** 1 for the first try after the drop. */
  readonly attempt: number;
  /** Time since the connection was lost, ms. */
  readonly elapsedMs: number;
}

/** Delay before the next try, ms, or `null` to give up. */
export type ReconnectPolicy = (attempt: ReconnectAttempt) => number | null;

export interface ExponentialReconnect {
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** After this the session has been closed as idle anyway. */
  readonly giveUpAfterMs?: number;
  /** 0…1; half of the delay is drawn, so that a whole province does not come back in one second. */
  readonly random?: () => number;
}

export const exponentialReconnect = (settings: ExponentialReconnect = {}): ReconnectPolicy => {
  const { baseMs = 400, maxMs = 8_000, giveUpAfterMs = 900_000, random = Math.random } = settings;
  return ({ attempt, elapsedMs }) => {
    if (elapsedMs >= giveUpAfterMs) return null;
    const ceiling = Math.min(maxMs, baseMs * 2 ** (attempt - 1));
    return Math.round(ceiling / 2 + (random() * ceiling) / 2);
  };
};
