import { describe, expect, it } from '@jest/globals';
import type { BeatReceived, ConnectionJoined, PlaybackState } from './event.js';
import type { Claim, Ledger } from './ledger.js';
import { confirm, emptyLedger, rejoin, setHeld, takeBeat, withhold } from './ledger.js';
import type { PolicyChanges } from './testing/opening.js';
import { aPolicy, minutes, MORNING, seconds } from './testing/opening.js';

type Told = readonly [atMs: number, positionMs: number, state?: PlaybackState, lateMs?: number];
interface Booked { readonly ledger: Ledger; readonly claim: Claim | null }

/** Books beats captured `atMs` after the start, each `lateMs` under way, on top of what is booked already. */
function book(beats: readonly Told[], changes: PolicyChanges = {}, from: Ledger = emptyLedger(aPolicy(changes))): Booked {
  return beats.reduce<Booked>(({ ledger }, [atMs, positionMs, state = 'PLAYING', lateMs = 0], index) => {
    const beat: BeatReceived = {
      type: 'beat.received', at: MORNING + atMs + lateMs, connectionId: 'connection-1', seq: index + 1, positionMs, rate: 1, state,
      clientMonoMs: atMs, clientWallAt: MORNING + atMs, visible: true, pictureInPicture: false,
    };
    return takeBeat(ledger, beat, aPolicy(changes), minutes(20));
  }, { ledger: from, claim: null });
}

const START: Told = [0, 0];
const run = (fromAt: number, toAt: number, fromMs: number, toMs: number) => ({ fromAt: MORNING + fromAt, toAt: MORNING + toAt, fromMs, toMs });

describe('what of a claim is accepted', () => {
  it.each([
    ['real time with its error', {}, 12_020, 12_020],
    ['no more than that', {}, 12_021, 12_020],
    ['no more than that at the rate the policy allows', { playback: { maxRate: 1.5 } }, 20_000, 17_030],
  ])('%s', (_name, changes, advanceMs, acceptedMs) => {
    const { ledger, claim } = book([START, [seconds(10), advanceMs]], changes);
    expect(claim).toMatchObject({ fromMs: 0, skippedMs: 0, advanceMs, elapsedMs: seconds(10), acceptedMs, creditedMs: acceptedMs, defiedMs: 0, unreachedMs: 0 });
    expect(ledger).toMatchObject({ coverage: [[0, acceptedMs]], playedMs: acceptedMs, timelineMs: acceptedMs, reachedMs: acceptedMs });
  });

  it('under a hold: the time outside it, without the error', () => {
    const held = setHeld(setHeld(book([START]).ledger, true, MORNING + 4_000, MORNING + 4_000), false, 0, MORNING + 7_000);
    expect(book([[seconds(10), seconds(10)]], {}, held).claim).toMatchObject({ acceptedMs: 7_000 });
  });

  it.each([[2_000, 10_000], [2_001, 0]])('%s ms beyond what was reached: %s ms of ten seconds', (skippedMs, acceptedMs) => {
    const { claim, ledger } = book([[0, skippedMs], [seconds(10), skippedMs + seconds(10)]]);
    expect(claim).toMatchObject({ skippedMs, acceptedMs });
    expect(ledger.reachedMs).toBe(acceptedMs === 0 ? 0 : skippedMs + acceptedMs);
  });

  it.each([[2_000, [[0, 12_000]]], [2_001, [[2_001, 12_001]]]])('where skipping is allowed, a gap of %s ms is an error of measurement up to two seconds', (skippedMs, coverage) => {
    expect(book([[0, skippedMs], [seconds(10), skippedMs + seconds(10)]], { playback: { forwardSeek: 'ALLOW' } }).ledger.coverage).toEqual(coverage);
  });

  it('nothing where the position went back, which claims no play', () => {
    const { claim, ledger } = book([START, [seconds(10), seconds(10)], [seconds(20), 9_999]]);
    expect(claim).toBeNull();
    expect(ledger).toMatchObject({ coverage: [[0, seconds(10)]], anchor: { positionMs: 9_999 } });
  });
});

describe('credit for beats that come late', () => {
  it.each([[2_000, seconds(40)], [2_001, seconds(30)]])('%s ms late: %s ms of it are left after ten seconds of play', (lateMs, leftMs) => {
    const { ledger, claim } = book([START, [seconds(10), seconds(10), 'PLAYING', lateMs]]);
    expect(ledger.lateCreditLeftMs).toBe(leftMs);
    expect(claim).toMatchObject({ acceptedMs: seconds(10), unreachedMs: 0 });
  });

  it('ends with the grace and a heartbeat: what is played beyond was out of reach', () => {
    const offline = ([20, 30, 40, 50, 60] as const).map((at): Told => [seconds(at), seconds(at), 'PLAYING', seconds(65 - at)]);
    const { ledger, claim } = book([START, [seconds(10), seconds(10)], ...offline]);
    expect(claim).toMatchObject({ acceptedMs: 0, unreachedMs: seconds(10) });
    expect(ledger).toMatchObject({ coverage: [[0, seconds(50)]], lateCreditLeftMs: 0 });
    expect(book([[seconds(70), seconds(60)]], {}, ledger).ledger.lateCreditLeftMs).toBe(seconds(40));
  });
});

describe('the runs of the timeline', () => {
  it('grow while play goes on', () => {
    const { ledger } = book([START, [seconds(10), seconds(10)], [seconds(20), seconds(20)]]);
    expect([ledger.runs, ledger.lastPlayAt]).toEqual([[run(0, seconds(20), 0, seconds(20))], MORNING + seconds(20)]);
  });

  it.each([[250, 1], [251, 2]])('over a pause of %s ms: %s', (pauseMs, count) => {
    const resumed = seconds(10) + pauseMs;
    expect(book([START, [seconds(10), seconds(10), 'PAUSED'], [resumed, seconds(10)], [resumed + 5_000, seconds(15)]]).ledger.runs).toHaveLength(count);
  });

  it.each([[250, 1], [251, 2], [-250, 1], [-251, 2]])('over a step of %s ms in the lesson: %s', (stepMs, count) => {
    const stepped = seconds(10) + stepMs;
    expect(book([START, [seconds(10), seconds(10), 'PAUSED'], [seconds(10), stepped], [seconds(15), stepped + 5_000]]).ledger.runs).toHaveLength(count);
  });

  it('are not added to by a player that stands, nor by one ahead of what was reached; neither is study', () => {
    const { ledger } = book([START, [seconds(10), seconds(10)], [seconds(20), seconds(10)]]);
    const ahead = book([[seconds(20), seconds(10), 'PAUSED'], [seconds(20), seconds(60)], [seconds(30), seconds(70)]], {}, ledger);
    for (const { runs, lastPlayAt } of [ledger, ahead.ledger]) {
      expect([runs, lastPlayAt]).toEqual([[run(0, seconds(10), 0, seconds(10))], MORNING + seconds(10)]);
    }
  });
});

describe('a missed popup', () => {
  const confirmed = confirm(book([START, [seconds(10), seconds(10)]]).ledger, MORNING + seconds(10));
  const earned = book([[seconds(20), seconds(20)], [seconds(30), seconds(30)]], {}, confirmed).ledger;
  const missed = withhold(earned);

  it('takes what was earned since presence was confirmed, and leaves the rest as it was earned', () => {
    expect(missed).toMatchObject({ coverage: [[0, seconds(10)]], credited: [run(0, seconds(10), 0, seconds(10))], withheldMs: seconds(20), unconfirmed: [] });
  });

  it('turns back neither the timeline nor what was reached', () => {
    expect(missed).toMatchObject({ timelineMs: seconds(30), reachedMs: seconds(30), playedMs: seconds(30) });
  });

  it('takes nothing when nothing was earned since, by a confirmation or by another miss', () => {
    expect(withhold(confirm(earned, MORNING + seconds(30)))).toMatchObject({ coverage: earned.coverage, credited: earned.credited, withheldMs: 0 });
    expect(withhold(missed)).toEqual(missed);
  });

  it('takes the middle of a stretch that was played over twice, not what stood before it', () => {
    const first = confirm(book([START, [seconds(10), seconds(10), 'PAUSED'], [seconds(15), seconds(5)]]).ledger, MORNING + seconds(15));
    expect(withhold(book([[seconds(25), seconds(15)]], {}, first).ledger)).toMatchObject({ coverage: [[0, seconds(10)]], withheldMs: seconds(5) });
  });
});

describe('holds', () => {
  it.each([[seconds(10), 0], [seconds(10) + 1, 1]])('one that ended %s ms after the start is forgotten once play was captured at ten seconds (kept: %s)', (endMs, kept) => {
    const held = setHeld(setHeld(book([START]).ledger, true, MORNING + 4_000, MORNING + 4_000), false, 0, MORNING + endMs);
    expect(book([[seconds(10), 0]], {}, held).ledger.holdSpans).toHaveLength(kept);
  });

  it('one that lasts is never forgotten', () => {
    const held = setHeld(book([START]).ledger, true, MORNING + 4_000, MORNING + 4_000);
    expect(book([[seconds(10), 0]], {}, held).ledger.holdSpans).toEqual([{ from: MORNING + 4_000, to: null }]);
  });
});

describe('a page that joins', () => {
  const joined: ConnectionJoined = {
    type: 'connection.joined', at: MORNING + seconds(20), connectionId: 'connection-2', instanceId: 'page-2', deviceId: 'device-1', leaseEpoch: 2,
    clientMonoMs: seconds(20), clientWallAt: MORNING, sdk: 'sdk-1', userAgent: 'test', camera: 'camera', screenExtended: null, tookOverFrom: null,
  };
  const before = book([START, [seconds(10), seconds(10)]]).ledger;

  it('as the same one goes on playing through', () => {
    const { ledger } = book([[seconds(25), seconds(25)]], {}, rejoin(before, joined, true, aPolicy()));
    expect(ledger.coverage).toEqual([[0, seconds(25)]]);
  });

  it('as another one has not played since the last one spoke', () => {
    const after = rejoin(before, joined, false, aPolicy());
    expect(after.anchor).toEqual({ ...before.anchor, state: 'PAUSED' });
    const { ledger, claim } = book([[seconds(25), seconds(25)]], {}, after);
    expect(claim).toBeNull();
    expect(ledger.coverage).toEqual([[0, seconds(10)]]);
  });

  it('as another one may be wrong about the time anew, by no more than the silence before it', () => {
    const used = { ...before, clock: before.clock && { ...before.clock, errorLeftMs: 0 } };
    const errorLeftMs = (atMs: number, isSame: boolean) => rejoin(used, { ...joined, at: MORNING + atMs, clientMonoMs: atMs }, isSame, aPolicy()).clock?.errorLeftMs;
    expect([errorLeftMs(seconds(10) + 300, false), errorLeftMs(seconds(20), false), errorLeftMs(seconds(20), true)]).toEqual([300, 2_000, 0]);
  });

  it('as the first one begins the clock', () => {
    expect(rejoin(emptyLedger(aPolicy()), joined, false, aPolicy())).toMatchObject({ anchor: null, clock: { joinedAt: joined.at, errorLeftMs: 2_000 } });
  });
});
