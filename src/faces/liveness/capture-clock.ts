/** Frames nearer to each other than any camera takes them, or farther apart than any act may go unseen, ms. */
const MIN_GAP_MS = 15;
const MAX_GAP_MS = 1000;
const MAX_WINDOW_MS = 20_000;

/**
 * Whether capture times, which are claims of the client, could be a camera's: in the order the frames were sent, with
 * gaps a camera makes, in a window of bounded length. Otherwise the window cannot be read.
 */
export function isCameraTime(timesMs: readonly number[]): boolean {
  if (timesMs.length < 2 || !timesMs.every(Number.isFinite)) return false;
  const isSteady = timesMs.slice(1).every((time, index) => time - timesMs[index]! >= MIN_GAP_MS && time - timesMs[index]! <= MAX_GAP_MS);
  return isSteady && timesMs.at(-1)! - timesMs[0]! <= MAX_WINDOW_MS;
}
