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

/** The clock of a session's first page. */
export const startClock = (at: number, monoMs: number, { playback }: Policy): PageClock =>
  ({ joinedAt: at, offsetMs: at - monoMs, errorLeftMs: playback.errorMs, lateSince: null });

/**
 * A page joined again. The clock of a page that was known already goes on, so that reconnecting does not add the delay of
 * one more message to the error, unless it has jumped or stood still meanwhile. A new page may be wrong anew, by no more
 * than the `silentMs` it cannot have played.
 */
export function joinClock(
  known: PageClock,
  at: number,
  monoMs: number,
  page: { readonly isSame: boolean; readonly silentMs: number },
  { playback, network }: Policy,
): PageClock {
  const offsetMs = at - monoMs;
  if (!page.isSame) return { joinedAt: at, offsetMs, errorLeftMs: Math.min(playback.errorMs, known.errorLeftMs + page.silentMs), lateSince: null };
  return Math.abs(offsetMs - known.offsetMs) <= network.clockSkewMs ? known : { ...known, offsetMs, lateSince: null };
}

/** Reads the clock by one beat. */
export function readClock(clock: PageClock, at: number, monoMs: number, { playback, network }: Policy): Reading {
  const sampleMs = at - monoMs;
  const offsetMs = Math.min(sampleMs, clock.offsetMs);
  const lateSince = sampleMs - offsetMs <= playback.errorMs ? null : sustained(clock.lateSince, at, sampleMs, playback.errorMs);
  if (lateSince !== null && at - lateSince.at >= 2 * network.heartbeatMs) {
    const shiftMs = sampleMs - offsetMs;
    // Should it have been the network after all, what is taken now is given back when the beats come in time again.
    const errorLeftMs = Math.min(2 * playback.errorMs, clock.errorLeftMs + shiftMs);
    return { clock: { ...clock, offsetMs: sampleMs, errorLeftMs, lateSince: null }, captureAt: at, shiftMs };
  }
  const correctedMs = Math.min(clock.offsetMs - offsetMs, clock.errorLeftMs);
  return {
    clock: { ...clock, offsetMs, lateSince, errorLeftMs: clock.errorLeftMs - correctedMs },
    captureAt: Math.max(clock.joinedAt, monoMs + offsetMs),
    shiftMs: -correctedMs,
  };
}

/** Time that passed without the play that was claimed for it makes up for corrections made before, and for no more. */
export const refund = (clock: PageClock, unplayedMs: number, { playback }: Policy): PageClock =>
  ({ ...clock, errorLeftMs: Math.max(clock.errorLeftMs, Math.min(playback.errorMs, clock.errorLeftMs + unplayedMs)) });

function sustained(since: PageClock['lateSince'], at: number, sampleMs: number, errorMs: number): NonNullable<PageClock['lateSince']> {
  return since !== null && Math.abs(sampleMs - since.sampleMs) <= errorMs ? since : { at, sampleMs };
}
