/** Where the session is being studied: connections, silence, idleness and clocks. No rule of its own, but every rule's ground. */
import type { BeatReceived, ConnectionJoined, SessionEvent } from './event.js';
import type { Fact } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { LiveSession, Place } from './state.js';

const SKEW_WINDOW_MS = 60_000;

/** Takes what an event says about the place, and lets time pass up to it. `state.at` is already the event's. */
export function takePlace(state: LiveSession, event: SessionEvent, policy: Policy): { readonly state: LiveSession; readonly findings: readonly Fact[] } {
  switch (event.type) {
    case 'connection.joined':
      return { state: { ...state, place: placeOf(event), isOffline: false, isSuspended: false }, findings: [] };
    case 'connection.lost':
      return passTime(lose(state, event.connectionId), policy);
    case 'beat.received':
      return checkClock({ ...state, isOffline: false }, event, policy);
    default:
      return passTime(state, policy);
  }
}

function placeOf(event: ConnectionJoined): Place {
  const { connectionId, instanceId, deviceId, leaseEpoch, at } = event;
  return {
    connectionId,
    instanceId,
    deviceId,
    leaseEpoch,
    joinedAt: at,
    lostAt: null,
    clock: { at, monoMs: event.clientMonoMs, wallAt: event.clientWallAt },
  };
}

function lose(state: LiveSession, connectionId: string): LiveSession {
  if (state.place === null || state.place.connectionId !== connectionId || state.place.lostAt !== null) return state;
  return { ...state, place: { ...state.place, lostAt: state.at } };
}

/** Server time since which nothing has been heard of a client that should speak, or null. */
export const silentFrom = ({ place, ledger }: LiveSession): number | null =>
  place?.lostAt ?? (ledger.anchor?.state === 'PLAYING' ? Math.max(ledger.anchor.at, place?.joinedAt ?? 0) : null);

/** Server time since which nobody has studied, nor tried to pass a face check. */
export const idleFrom = ({ place, ledger, opened, slices }: LiveSession): number =>
  Math.max(place?.joinedAt ?? opened.at, ledger.lastPlayAt ?? 0, slices.R4.lastTriedAt ?? 0);

function passTime(state: LiveSession, { network }: Policy): { readonly state: LiveSession; readonly findings: readonly Fact[] } {
  const findings: Fact[] = [];
  let next = state;
  const silentMs = state.at - (silentFrom(state) ?? state.at);
  if (!state.isOffline && !state.isSuspended && silentMs >= network.offlineGraceMs) {
    next = { ...next, isOffline: true };
    findings.push(finding('OFFLINE_STOP', state.at, state.seq, { silentMs }));
  }
  const idleMs = state.at - idleFrom(state);
  if (!state.isSuspended && idleMs >= network.idleCloseMs) {
    // The place is let go with it: only a join brings the session back.
    next = { ...next, isSuspended: true, place: state.place && { ...state.place, lostAt: state.place.lostAt ?? state.at } };
    findings.push(finding('IDLE_CLOSED', state.at, state.seq, { idleMs }));
  }
  return { state: next, findings };
}

/** A clock that parts from the server's is recorded once; credit runs on server time whatever it says. */
function checkClock(state: LiveSession, beat: BeatReceived, policy: Policy): { readonly state: LiveSession; readonly findings: readonly Fact[] } {
  const { place, ledger, at } = state;
  const { clockSkewMs } = policy.network;
  const lateMs = at - beat.clientMonoMs - (ledger.clock?.offsetMs ?? Infinity);
  // A beat that waited in the outbox tells of the network, not of the clock.
  if (place === null || at - place.clock.at < SKEW_WINDOW_MS || lateMs > clockSkewMs) return { state, findings: [] };
  const elapsedMs = at - place.clock.at;
  const skewMs = Math.max(
    Math.abs(beat.clientMonoMs - place.clock.monoMs - elapsedMs),
    Math.abs(beat.clientWallAt - place.clock.wallAt - elapsedMs),
  );
  const next: LiveSession = { ...state, place: { ...place, clock: { at, monoMs: beat.clientMonoMs, wallAt: beat.clientWallAt } } };
  if (skewMs <= clockSkewMs || state.hasClockSkew) return { state: next, findings: [] };
  return { state: { ...next, hasClockSkew: true }, findings: [finding('CLOCK_SKEW', at, state.seq, { skewMs: Math.round(skewMs), overMs: elapsedMs })] };
}
