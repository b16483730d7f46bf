/**
 * The engine: one pure function over the journal. The live meter, the verdict in the report and an offline replay are
 * this function over the same entries, so they cannot disagree.
 */
import { circumstanceHolds, circumstancesOf, openingFindings, takeCircumstance } from './circumstances.js';
import type { Command, Want } from './command.js';
import { contentOrder } from './content-order.js';
import { controlsOff } from './controls.js';
import type { SessionEvent, SessionOpened } from './event.js';
import { givenUpAt, isUndecided, isUnseen } from './face-alternative.js';
import { fastForward } from './fast-forward.js';
import { endsSession, judged } from './effects.js';
import type { Fact, Finding } from './finding.js';
import { frontierMs, missingOf, totalMs } from './interval-set.js';
import type { Claim, Ledger } from './ledger.js';
import { confirm, emptyLedger, isWatched, rejoin, setHeld, studiedElsewhere, takeBeat, withhold } from './ledger.js';
import { livenessMatch } from './liveness-match.js';
import { multiWindow } from './multi-window.js';
import { idleFrom, silentFrom, takePlace } from './place.js';
import type { Policy } from './policy.js';
import { completePolicy } from './policy-history.js';
import { atOperatingPoint } from './reference-threshold.js';
import { popupInterval } from './popup-interval.js';
import { randomSnapshot } from './random-snapshot.js';
import { reconsider } from './reconsider.js';
import { isEarning, type Rule, type RuleContext, type Signal } from './rule.js';
import { unopened, type ClosedSession, type LiveSession, type Place, type RuleSlices, type SessionState, type VerdictChange } from './state.js';
import type { HoldReason } from './types.js';
import { endVerdict, failureOf, verdictOf } from './verdict.js';

export { verdictOf };

export interface StepResult {
  readonly state: SessionState;
  readonly findings: readonly Finding[];
  readonly commands: readonly Command[];
}

type RuleKey = keyof RuleSlices;
const RULES: { readonly [K in RuleKey]: Rule<RuleSlices[K]> } = {
  R1: fastForward,
  R2: multiWindow,
  R3: popupInterval,
  R4: livenessMatch,
  R5: contentOrder,
  R6: randomSnapshot,
};

/** Order of judging: a snapshot may call for a face check, and a passed face check is a popup control. */
const ORDER: readonly RuleKey[] = ['R5', 'R1', 'R2', 'R6', 'R4', 'R3'];
export const RULE_IDS = Object.keys(RULES) as readonly RuleKey[];

/** The rules that can be kept: pictures cannot be asked of a trainee whom no camera sees; people judge that session. */
const rulesOf = (slices: RuleSlices, ids: readonly RuleKey[] = RULE_IDS): readonly RuleKey[] => (isUnseen(slices.R4) ? ids.filter((id) => id !== 'R6') : ids);

/** Applies one journal entry. Pure: same input, same output; time arrives in `event.at` (server ms). */
export function step(state: SessionState, event: SessionEvent): StepResult {
  if (state.status === 'unopened') {
    if (event.type !== 'session.opened') return { state, findings: [], commands: [] };
    const opened = open(event);
    return { state: opened, findings: opened.findings, commands: [] };
  }
  if (state.status === 'closed') {
    const next = reconsider(state, event);
    return { state: next, findings: next.findings.slice(state.findings.length), commands: [] };
  }
  return advance(state, event);
}

/** Rebuilds a state from its journal. */
export function replay(events: Iterable<SessionEvent>): SessionState {
  let state: SessionState = unopened;
  for (const event of events) state = step(state, event).state;
  return state;
}

function open(stored: SessionOpened): LiveSession {
  const event: SessionOpened = { ...stored, policy: atOperatingPoint(completePolicy(stored.policy), stored.reference) };
  const slices = Object.fromEntries(RULE_IDS.map((id) => [id, RULES[id].start(event)])) as unknown as RuleSlices;
  const state: LiveSession = {
    status: 'live',
    opened: event,
    schedule: null,
    seq: 1,
    at: event.at,
    place: null,
    ledger: emptyLedger(event.policy),
    slices,
    findings: [...controlsOff(event), ...openingFindings(event, 1)].map((fact) => judged(fact, event.policy, 0)),
    holds: [],
    isOffline: false,
    isSuspended: false,
    hasClockSkew: false,
    circumstances: circumstancesOf(event),
  };
  const holds = holdsOf(state);
  // A hold that is there from the beginning bites at once: nothing is on its way to the player yet.
  return { ...state, holds, ledger: setHeld(state.ledger, holds.length > 0, event.at, event.at) };
}

function advance(before: LiveSession, event: SessionEvent): StepResult {
  const { policy } = before.opened;
  const at = Math.max(before.at, event.at);
  const seq = before.seq + 1;
  const told = takeCircumstance({ ...before, at, seq }, event);
  const placed = takePlace({ ...before, at, seq, circumstances: told.circumstances }, event, policy);
  const { ledger, claim } = takeClaim(placed.state, event, before.place);
  const base: LiveSession = { ...placed.state, ledger };
  const applied = isUnjudged(base, event) ? { slices: base.slices, facts: [], signals: [] } : judge(base, event, claim, before.holds);
  const creditedMs = totalMs(ledger.coverage);
  const findings = [...told.findings, ...placed.findings, ...applied.facts]
    .map((fact) => judged(fact, policy, creditedMs))
    .filter((found) => !isFoundAgain(found, before.findings));
  const live: LiveSession = {
    ...base,
    schedule: event.type === 'schedule.drawn' ? event : base.schedule,
    slices: applied.slices,
    ledger: applied.signals.reduce((kept, signal) => applySignal(kept, signal, at), base.ledger),
    findings: [...base.findings, ...findings],
  };
  const holds = holdsOf(live);
  const settled: LiveSession = { ...live, holds, ledger: setHeld(live.ledger, holds.length > 0, bitesAt(holds, at, policy), at) };
  const failed = findings.find(endsSession);
  const isOver = event.type === 'finish.requested' && (canFinish(settled) || isUndecided(settled.slices.R4));
  if (failed === undefined && !isOver) {
    return { state: settled, findings, commands: [...announce(before.holds, settled), ...suspend(before, settled)] };
  }
  const closed = close(settled, failed?.code ?? (canFinish(settled) ? 'FINISHED' : 'R4_ALTERNATIVE_REQUESTED'));
  const decisive = failureOf(closed);
  const command: Command = { type: 'session.close', verdict: closed.verdict, rule: decisive?.rule ?? null, code: decisive?.code ?? null };
  return { state: closed, findings, commands: [command] };
}

/** Ends a session: by what it failed, because it is finished, or left by the trainee for people to decide. */
function close(state: LiveSession, why: VerdictChange['why']): ClosedSession {
  const { at, seq, findings, opened } = state;
  const isFinished = why === 'FINISHED';
  const verdict = endVerdict(state, findings, isFinished, opened.policy);
  const verdictHistory = [{ at, seq, verdict, why, reasonCode: null }];
  return { ...state, status: 'closed', closedAt: at, isFinished, verdict, verdictHistory };
}

/** Where the session goes on after a failed check: the same one, with nothing credited since, is found once. */
const isFoundAgain = ({ effect, code, creditedMs }: Finding, before: readonly Finding[]): boolean =>
  effect === 'INVALIDATE_CLASS_HOUR' && before.some((found) => found.code === code && found.creditedMs === creditedMs);

/** Beats of review mode earn nothing, and the rules are about what earns. */
const isUnjudged = ({ circumstances }: LiveSession, event: SessionEvent): boolean => event.type === 'beat.received' && circumstances.isReviewing;

/** A hold has to reach the player first. Offline nothing can: there the client counts the grace itself. */
const bitesAt = (holds: readonly HoldReason[], at: number, { playback }: Policy): number =>
  holds.every((reason) => reason === 'OFFLINE') ? at : at + playback.errorMs;

function takeClaim(state: LiveSession, event: SessionEvent, before: Place | null): { readonly ledger: Ledger; readonly claim: Claim | null } {
  const { opened } = state;
  if (event.type === 'connection.joined') {
    const ledger = rejoin(state.ledger, event, event.instanceId === before?.instanceId, opened.policy);
    // Every join of the person's sessions takes the lease by one epoch on: a gap is somebody else's.
    const wasElsewhere = before !== null && event.leaseEpoch > before.leaseEpoch + 1;
    return { ledger: wasElsewhere ? studiedElsewhere(ledger, before.joinedAt, event.at) : ledger, claim: null };
  }
  if (event.type !== 'beat.received') return { ledger: state.ledger, claim: null };
  if (isUnjudged(state, event)) return { ledger: { ...state.ledger, anchor: null }, claim: null };
  const taken = takeBeat(state.ledger, event, opened.policy, opened.lesson.durationMs);
  // With the lesson watched to its end every instant of its timeline has come, also one in the last fraction.
  return isWatched(taken.ledger, opened) ? { ...taken, ledger: { ...taken.ledger, timelineMs: opened.lesson.durationMs } } : taken;
}

function judge(
  state: LiveSession,
  event: SessionEvent,
  claim: Claim | null,
  holds: readonly HoldReason[],
): { readonly slices: RuleSlices; readonly facts: readonly Fact[]; readonly signals: readonly Signal[] } {
  let slices = state.slices;
  let facts: readonly Fact[] = [];
  let signals: readonly Signal[] = [];
  // A doubtful answer to a popup calls for a face check at once: then rule 3 speaks first.
  const order: readonly RuleKey[] = event.type === 'popup.answered' ? ['R3', ...ORDER.filter((id) => id !== 'R3')] : ORDER;
  const apply = <K extends RuleKey>(id: K): void => {
    const applied = RULES[id].apply(slices[id], event, { ...contextOf(state, claim, holds), signals });
    slices = { ...slices, [id]: applied.slice };
    facts = [...facts, ...(applied.findings ?? [])];
    signals = [...signals, ...(applied.signals ?? [])];
  };
  rulesOf(slices, order).forEach(apply);
  return { slices, facts, signals };
}

function contextOf(state: LiveSession, claim: Claim | null, holds: readonly HoldReason[]): RuleContext {
  const { opened, schedule, ledger, at, seq } = state;
  const projection = project(state, holds);
  const { coverage, anchor } = ledger;
  const earnedMs = anchor !== null && isEarning(ledger, opened.policy) ? totalMs(missingOf(coverage, [anchor.positionMs, anchor.positionMs + projection.ms])) : 0;
  return {
    opened,
    schedule,
    policy: opened.policy,
    ledger,
    claim,
    at,
    seq,
    holds,
    isReachable: isReachable(state),
    projectedMs: projection.ms,
    timelineMs: Math.max(ledger.timelineMs, totalMs(coverage) + earnedMs),
    projectedUntil: projection.until,
    signals: [],
  };
}

/** Connected, and not silent for longer than the grace. */
const isReachable = (state: LiveSession): boolean => state.place !== null && state.place.lostAt === null && !state.isOffline;

/** Play that may be assumed since the last beat, or since the last hold or absence ended: for two heartbeats at most. */
function project(state: LiveSession, holds: readonly HoldReason[]): { readonly ms: number; readonly until: number | null } {
  const { anchor, holdSpans } = state.ledger;
  if (anchor?.state !== 'PLAYING' || holds.length > 0 || !isReachable(state)) return { ms: 0, until: null };
  const leftMs = state.opened.lesson.durationMs - anchor.positionMs;
  const longestMs = Math.min(2 * state.opened.policy.network.heartbeatMs, leftMs);
  const since = Math.max(anchor.captureAt, state.place?.joinedAt ?? 0, holdSpans.at(-1)?.to ?? 0);
  return { ms: Math.max(0, Math.min(state.at - since, longestMs)), until: since + longestMs };
}

function applySignal(ledger: Ledger, signal: Signal, at: number): Ledger {
  if (signal.type === 'presence.confirmed') return confirm(ledger, at);
  return signal.type === 'credit.withheld' ? withhold(ledger) : ledger;
}

function holdsOf(state: LiveSession): readonly HoldReason[] {
  const byRules = rulesOf(state.slices).flatMap(<K extends RuleKey>(id: K) => RULES[id].holds(state.slices[id], state.opened.policy));
  return [...byRules, ...(state.isOffline ? (['OFFLINE'] as const) : []), ...circumstanceHolds(state)];
}

function announce(before: readonly HoldReason[], state: LiveSession): readonly Command[] {
  const positionMs = frontierMs(state.ledger.coverage);
  if (state.holds.length === 0) return before.length === 0 ? [] : [{ type: 'playback.release', positionMs }];
  const added = state.holds.find((reason) => !before.includes(reason));
  return added === undefined ? [] : [{ type: 'playback.hold', reason: added, holds: state.holds, positionMs }];
}

function suspend(before: LiveSession, state: LiveSession): readonly Command[] {
  return state.isSuspended && !before.isSuspended ? [{ type: 'session.suspend' }] : [];
}

/** What keeps the session from ending, rule by rule; empty when it may end. */
export function outstanding(state: LiveSession): readonly { readonly rule: RuleKey; readonly code: Finding['code'] }[] {
  const context = contextOf(state, null, state.holds);
  return rulesOf(state.slices).flatMap(<K extends RuleKey>(id: K) => {
    const code = RULES[id].outstanding(state.slices[id], context);
    return code === null ? [] : [{ rule: id, code }];
  });
}

export const canFinish = (state: SessionState): boolean =>
  state.status === 'live' && state.schedule !== null && state.holds.every((reason) => reason === 'CONSENT') && outstanding(state).length === 0;

/** What must be issued now. Level-triggered, so that a crash between two events loses nothing. */
export function wants(state: SessionState): readonly Want[] {
  if (state.status !== 'live' || !isReachable(state) || state.schedule === null || !(state.circumstances.hasConsent || isUnseen(state.slices.R4))) return [];
  const all = rulesOf(state.slices).flatMap(<K extends RuleKey>(id: K) => RULES[id].wants(state.slices[id]));
  // One thing at a time in front of the trainee: a face check is a control and comes before a popup.
  return state.slices.R4.need === null ? all : all.filter((want) => want.type !== 'popup.issue');
}

/** When the next `clock.ticked` is due (server ms), or null. */
export function nextDeadline(state: SessionState): number | null {
  if (state.status !== 'live') return null;
  if (state.isSuspended) return givenUpAt(state.slices.R4, state.opened.policy);
  const context = contextOf(state, null, state.holds);
  const { network } = state.opened.policy;
  const silent = silentFrom(state);
  const deadlines = [
    ...rulesOf(state.slices).map(<K extends RuleKey>(id: K) => RULES[id].deadline(state.slices[id], context)),
    silent === null || state.isOffline ? null : silent + network.offlineGraceMs,
    idleFrom(state) + network.idleCloseMs,
  ].filter((deadline): deadline is number => deadline !== null);
  return deadlines.length === 0 ? null : Math.min(...deadlines);
}

/**
 * Since when (server ms) nobody on our side has kept the clock of a session that somebody was connected to: what was due
 * is overdue by more than a heartbeat. Null while the clock was kept.
 */
export function unattendedSince(state: SessionState, now: number): number | null {
  if (state.status !== 'live' || state.place === null || state.place.lostAt !== null) return null;
  const deadline = nextDeadline(state);
  return deadline !== null && now - deadline > state.opened.policy.network.heartbeatMs ? state.at : null;
}
