import type { SessionEvent } from '../event.js';
import { addInterval, missingOf, type Interval, type IntervalSet } from '../interval-set.js';
import { unopened, type SessionState } from '../state.js';
import { step } from '../step.js';
import { minutes } from './opening.js';
import { aSession, type Story } from './story.js';

/** What the shell writes only under the person's lease (`session-runner.ts`): the journal's fence refuses the rest. */
const FENCED: ReadonlySet<SessionEvent['type']> = new Set<SessionEvent['type']>([
  'beat.received', 'popup.answered', 'snapshot.received', 'liveness.received', 'finish.requested', 'clock.ticked', 'window.reported',
]);

export interface Move {
  /** Which of the two sessions asks to study now. */
  readonly who: 0 | 1;
  readonly studiesMs: number;
  /** The line of the one that is put out breaks first: it plays on unheard and sends everything later. */
  readonly isLineBroken: boolean;
  /** How long the other session's shell waits for the signal; null: it never comes, only the fence holds. */
  readonly signalMs: number | null;
  /** The one that is put out does not obey. */
  readonly isDefiant: boolean;
}

/** One person with two sessions of two courses and one lease between them, in one time. */
export class Person {
  readonly sessions: readonly [Story, Story];
  private lease = { epoch: 0, holder: -1 };

  constructor(seed: number, delayMs: readonly [number, number]) {
    const open = (index: number): Story => {
      const story = aSession({ seed: seed + index, delayMs, sessionId: `session-${index}`, durationMs: minutes(14), snapshots: [], faceChecks: [] });
      this.guard(story, index);
      return story;
    };
    this.sessions = [open(0), open(1)];
  }

  moves({ who, studiesMs, isLineBroken, signalMs, isDefiant }: Move): void {
    const [mine, other] = who === 0 ? this.sessions : [this.sessions[1], this.sessions[0]];
    const isTakenOver = this.lease.holder === 1 - who;
    if (isTakenOver && isDefiant) other.ignoresHolds();
    if (isTakenOver && isLineBroken) other.network.isUp = false;
    mine.network.isUp = true;
    mine.joined();
    const { epoch } = this.lease;
    if (isTakenOver && signalMs !== null) {
      other.timeline.after(signalMs, () => {
        if (!other.shell.isClosed) other.shell.record({ type: 'lease.lost', at: Math.round(other.timeline.now), leaseEpoch: epoch, bySessionId: mine.state.opened.sessionId });
      });
    }
    mine.resumes().timePasses(studiesMs);
    other.timePasses(mine.timeline.now - other.timeline.now);
  }

  private guard(story: Story, index: number): void {
    const { shell } = story;
    const record = shell.record.bind(shell);
    shell.record = (event) => {
      if (event.type === 'connection.joined') {
        const tookOverFrom = this.lease.holder === 1 - index ? `session:session-${1 - index}` : null;
        this.lease = { epoch: this.lease.epoch + 1, holder: index };
        story.timeline.shell = shell;
        return record({ ...event, leaseEpoch: this.lease.epoch, tookOverFrom });
      }
      if (this.lease.holder === index || !FENCED.has(event.type)) return record(event);
      // The runner lets go of a session that is written elsewhere: nothing of it ticks until it is joined again.
      story.timeline.shell = null;
    };
  }
}

/** Server times in which a journal's play was accepted: each stretch is laid into the time that no hold took of it, from its beginning. */
export function playedSpans(journal: readonly SessionEvent[]): IntervalSet {
  const spans: Interval[] = [];
  let before: SessionState = unopened;
  for (const event of journal) {
    const state: SessionState = step(before, event).state;
    if (state.status !== 'unopened' && before.status !== 'unopened' && before.ledger.anchor !== null && state.ledger.anchor !== null) {
      let leftMs = state.ledger.playedMs - before.ledger.playedMs;
      const stretch: Interval = [before.ledger.anchor.captureAt, state.ledger.anchor.captureAt];
      const held = before.ledger.holdSpans.map(({ from, to }): Interval => [from, to ?? Infinity]);
      for (const [from, to] of missingOf(held.reduce<IntervalSet>(addInterval, []), stretch)) {
        if (leftMs > 0) spans.push([from, Math.min(to, from + leftMs)]);
        leftMs -= to - from;
      }
    }
    before = state;
  }
  return spans;
}
