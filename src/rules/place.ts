/** Where the session is being studied: connections, silence, idleness and clocks. No rule of its own, but every rule's ground. */
import type { ConnectionJoined, SessionEvent } from './event.js';
import type { Finding } from './finding.js';
import { finding } from './finding.js';
import type { Policy } from './policy.js';
import type { LiveSession, Place } from './state.js';

const SKEW_WINDOW_MS = 60_000;

/** Takes what an event says about the place, and lets time pass up to it. `state.at` is already the event's. */
export function takePlace(state: LiveSession, event: SessionEvent, policy: Policy): { readonly state: LiveSession; readonly findings: readonly Finding[] } {
  switch (event.type) {
    case 'connection.joined':
      return { state: { ...state, place: placeOf(event), isOffline: false, isSuspended: false }, findings: [] };
    case 'connection.lost':
      return passTime(lose(state, event.connectionId), policy);
    case 'beat.received': {
      const back = { ...state, isOffline: false };
      return checkClock(back, event.clientMonoMs, event.clientWallAt, policy);
    }
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

function passTime(state: LiveSession, policy: Policy): { readonly state: LiveSession; readonly findings: readonly Finding[] } {
  const { network } = policy;
  const { anchor, lastPlayAt } = state.ledger;
  const findings: Finding[] = [];
  let next = state;
  const silenceFrom = state.place?.lostAt ?? (anchor?.state === 'PLAYING' ? anchor.at : null);
  if (silenceFrom !== null && !state.isOffline && state.at - silenceFrom >= network.offlineGraceMs) {
    next = { ...next, isOffline: true };
    findings.push(finding('OFFLINE_STOP', state.at, state.seq, { silentMs: state.at - silenceFrom }));
  }
  const idleFrom = Math.max(state.place?.joinedAt ?? state.opened.at, lastPlayAt ?? 0);
  if (!state.isSuspended && state.at - idleFrom >= network.idleCloseMs) {
    next = { ...next, isSuspended: true };
    findings.push(finding('IDLE_CLOSED', state.at, state.seq, { idleMs: state.at - idleFrom }));
  }
  return { state: next, findings };
}

/** A clock that parts from the server's is recorded once; credit runs on server time whatever it says. */
function checkClock(state: LiveSession, monoMs: number, wallAt: number, policy: Policy): { readonly state: LiveSession; readonly findings: readonly Finding[] } {
  const { place } = state;
  if (place === null || state.at - place.clock.at < SKEW_WINDOW_MS) return { state, findings: [] };
  const sample = { at: state.at, monoMs, wallAt };
  const elapsedMs = state.at - place.clock.at;
  const skewMs = Math.max(
    Math.abs(monoMs - place.clock.monoMs - elapsedMs),
    Math.abs(wallAt - place.clock.wallAt - elapsedMs),
  );
  const next: LiveSession = { ...state, place: { ...place, clock: sample } };
  if (skewMs <= policy.network.clockSkewMs || state.hasClockSkew) return { state: next, findings: [] };
  return { state: { ...next, hasClockSkew: true }, findings: [finding('CLOCK_SKEW', state.at, state.seq, { skewMs: Math.round(skewMs), overMs: elapsedMs })] };
}
