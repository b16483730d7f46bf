/**
 * When was a beat captured, in server time? Arrival tells it only up to the network's delay; the page's monotonic clock
 * tells it exactly, once it is known how far that clock is from the server's. It is a claim all the same: corrections
 * are bounded, so that a clock that runs fast soon buys nothing.
 */
import type { Policy } from './policy.js';

export interface PageClock {
  /** Server time of the page's first join: nothing that counts was captured before. */
  readonly joinedAt: number;
  /** Smallest (server receive time − client monotonic time) seen: the beat that was least delayed, ms. */
  readonly offsetMs: number;
  /** Server time of the last reading. */
  readonly readAt: number;
  /** By how much earlier captures may still be found to have been dated too late, ms. */
  readonly errorLeftMs: number;
  /** Since when every beat comes late by about the same: then not the network is slow, the page's clock has stood. */
  readonly lateSince: { readonly at: number; readonly sampleMs: number } | null;
}

export interface Reading {
  readonly clock: PageClock;
  readonly captureAt: number;
  /** What earlier captures must be moved by to stand on the same scale, ms. */
  readonly shiftMs: number;
}

/**
 * A page (re)joined. The clock of a page that was known already goes on, so that reconnecting does not add the delay of
 * one more message to the error, unless it has jumped or stood still meanwhile.
 */
export function joinClock(
  known: PageClock | null,
  at: number,
  monoMs: number,
  page: { readonly isSame: boolean; readonly silentMs: number },
  { playback, network }: Policy,
): PageClock {
  const sampleMs = at - monoMs;
  if (known !== null && page.isSame && Math.abs(sampleMs - known.offsetMs) <= network.clockSkewMs) return known;
  const errorLeftMs = known === null ? playback.errorMs : Math.min(playback.errorMs, known.errorLeftMs + page.silentMs);
  const joinedAt = known !== null && page.isSame ? known.joinedAt : at;
  return { joinedAt, offsetMs: sampleMs, readAt: at, errorLeftMs, lateSince: null };
}

/** Reads the clock by one beat. */
export function readClock(clock: PageClock, at: number, monoMs: number, { playback, network }: Policy): Reading {
  const { errorMs, errorRatio } = playback;
  const sampleMs = at - monoMs;
  // Quartz drifts: a page whose clock is slow would seem to be a little later with every hour.
  const driftMs = Math.min(Math.max(0, sampleMs - clock.offsetMs), (at - clock.readAt) * errorRatio);
  const offsetMs = Math.min(sampleMs, clock.offsetMs + driftMs);
  const fellMs = Math.max(0, clock.offsetMs - sampleMs);
  const correctedMs = Math.min(fellMs, clock.errorLeftMs);
  const next: PageClock = {
    joinedAt: clock.joinedAt,
    offsetMs,
    readAt: at,
    errorLeftMs: Math.min(errorMs, clock.errorLeftMs - correctedMs + driftMs),
    lateSince: sampleMs - offsetMs <= errorMs ? null : sustained(clock.lateSince, at, sampleMs, errorMs),
  };
  if (next.lateSince !== null && at - next.lateSince.at >= 2 * network.heartbeatMs) {
    return { clock: { ...next, offsetMs: sampleMs, lateSince: null }, captureAt: at, shiftMs: sampleMs - clock.offsetMs };
  }
  return { clock: next, captureAt: Math.max(clock.joinedAt, Math.min(at, monoMs + offsetMs)), shiftMs: -correctedMs };
}

function sustained(since: PageClock['lateSince'], at: number, sampleMs: number, errorMs: number): NonNullable<PageClock['lateSince']> {
  return since !== null && Math.abs(sampleMs - since.sampleMs) <= errorMs ? since : { at, sampleMs };
}
