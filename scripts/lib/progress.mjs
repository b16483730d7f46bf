/** Lines for a person who waits: what is being done, for how long, Chinese first. */

const startedAt = performance.now();
const TICK_MS = 10_000;

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const sinceStart = () => performance.now() - startedAt;

/** Prints one line with the time since the start of the program. */
export function say(text) {
  process.stdout.write(`[${seconds(sinceStart()).padStart(8)}] ${text}\n`);
}

/** Does one step: announces it, shows that it goes on, and says how long it took. Returns what the work returns. */
export async function step(title, work) {
  say(`▶ ${title} …`);
  const from = performance.now();
  const ticker = setInterval(() => say(`  … ${title}: ${seconds(performance.now() - from)}`), TICK_MS);
  try {
    const result = await work();
    say(`✓ ${title} (${seconds(performance.now() - from)})`);
    return result;
  } finally {
    clearInterval(ticker);
  }
}

/** Ends the program with a plain message instead of a stack. */
export class PlainError extends Error {}
