import { describe, expect, it } from '@jest/globals';
import type { BeatReceived } from './event.js';
import { beats } from './testing/exact-beat.js';
import { minutes, seconds } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

const aPage = (): Story => beats(aSession({ durationMs: minutes(20), snapshots: [], faceChecks: [] }).joined(), 0, { positionMs: 0, state: 'PAUSED' });
const details = (story: Story, wanted: string) => story.state.findings.filter(({ code }) => code === wanted).map(({ detail }) => detail);

describe('a connection that is lost', () => {
  it('was lost when it was told first; another one is not concerned', () => {
    const story = aPage();
    const { connectionId } = story.browser;
    story.happens({ type: 'connection.lost', connectionId: 'connection-0' });
    expect(story.state.place?.lostAt).toBeNull();
    const lostAt = story.timeline.now;
    story.happens({ type: 'connection.lost', connectionId }).timePasses(seconds(5)).happens({ type: 'connection.lost', connectionId });
    expect(story.state.place?.lostAt).toBe(lostAt);
  });

  it('stops the session when the grace is over, not before, and says for how long nothing was heard', () => {
    const story = aPage();
    story.happens({ type: 'connection.lost', connectionId: story.browser.connectionId }).timePasses(29_979);
    expect(details(story, 'OFFLINE_STOP')).toEqual([]);
    expect(details(story.timePasses(1), 'OFFLINE_STOP')).toEqual([{ silentMs: 30_000 }]);
  });
});

describe('nobody studies', () => {
  it('for a quarter of an hour: the session is put aside, not before', () => {
    const story = aSession({ snapshots: [], faceChecks: [] }).begins().plays(minutes(1)).pauses(minutes(15) - 1);
    expect(details(story, 'IDLE_CLOSED')).toEqual([]);
    expect(details(story.timePasses(1), 'IDLE_CLOSED')).toEqual([{ idleMs: minutes(15) }]);
  });
});

describe('clocks of the page', () => {
  /** A beat so long after the join, whose clocks are off by so much and which was `lateMs` under way. */
  function reads(afterMs: number, { wallMs = 0, monoMs = 0, lateMs = 0 }: { readonly wallMs?: number; readonly monoMs?: number; readonly lateMs?: number }): Story {
    const story = aPage();
    const joinedAt = story.state.place?.joinedAt ?? NaN;
    story.timePasses(joinedAt + afterMs - story.timeline.now);
    const claim: Partial<BeatReceived> = { clientMonoMs: story.browser.monoMs + monoMs - lateMs, clientWallAt: joinedAt + afterMs + wallMs - lateMs };
    return beats(story, 0, { positionMs: 0, state: 'PAUSED', ...claim });
  }

  it.each([
    ['its wall clock ahead', { wallMs: 3_001 }],
    ['its wall clock behind', { wallMs: -3_001 }],
    ['its monotonic clock ahead', { monoMs: 3_001 }],
  ])('%s of ours by more than three seconds in a minute', (_name, off) => {
    expect(details(reads(minutes(1), off), 'CLOCK_SKEW')).toEqual([{ skewMs: 3_001, overMs: 60_000 }]);
  });

  it.each([
    ['by three seconds', minutes(1), { wallMs: 3_000 }],
    ['by any time in less than a minute: that is not measured yet', minutes(1) - 1, { wallMs: minutes(10) }],
    ['on a beat that waited for more than three seconds: it tells of the network', minutes(1), { wallMs: minutes(10), lateMs: 3_001 }],
  ])('are not found to be off %s', (_name, afterMs, off) => {
    expect(details(reads(afterMs, off), 'CLOCK_SKEW')).toEqual([]);
  });

  it('are read from a beat that was under way for three seconds', () => {
    expect(details(reads(minutes(1), { wallMs: minutes(10), lateMs: 3_000 }), 'CLOCK_SKEW')).toEqual([{ skewMs: minutes(10) - 3_000, overMs: 60_000 }]);
  });

  it('that run apart little by little are found within two minutes', () => {
    const story = aSession({ durationMs: minutes(20), clockRate: 1.1, snapshots: [], faceChecks: [] }).begins().plays(minutes(2));
    expect(details(story, 'CLOCK_SKEW')).toHaveLength(1);
  });

  it('that are moved again and again are told once', () => {
    const moved = aSession({ durationMs: minutes(20), snapshots: [], faceChecks: [] }).begins();
    for (const wallOffsetMs of [minutes(10), minutes(30), 0]) {
      moved.browser.clock = { rate: 1, wallOffsetMs };
      moved.plays(minutes(2));
    }
    expect(details(moved, 'CLOCK_SKEW')).toHaveLength(1);
  });
});
