import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SessionEvent } from './event.js';
import { minutes, seconds } from './testing/opening.js';
import { sampled } from './testing/sampling.js';
import { aSession } from './testing/story.js';

describe('properties of any journal', () => {
  const at = fc.nat(minutes(20));
  const noise = fc.oneof(
    fc.record({ type: fc.constant('clock.ticked' as const), at }),
    fc.record({
      type: fc.constant('beat.received' as const), at, connectionId: fc.constant('connection-1'), seq: fc.nat(50), positionMs: fc.nat(minutes(12)), rate: fc.constantFrom(0.5, 1, 2),
      state: fc.constantFrom('PLAYING' as const, 'PAUSED' as const, 'ENDED' as const), clientMonoMs: fc.nat(minutes(20)), clientWallAt: at, visible: fc.boolean(), pictureInPicture: fc.boolean(),
    }),
    fc.record({ type: fc.constant('window.reported' as const), at, connectionId: fc.constant('connection-1'), kind: fc.constantFrom('HIDDEN', 'VISIBLE', 'PIP_ENTERED', 'PIP_LEFT', 'CAMERA_LOST', 'CAMERA_BACK', 'TRAINEE_RETURNED', '?'), detail: fc.constant({}) }),
    fc.record({ type: fc.constant('connection.lost' as const), at, connectionId: fc.constant('connection-1') }),
    fc.record({ type: fc.constant('lease.lost' as const), at, leaseEpoch: fc.nat(5), bySessionId: fc.constant('other') }),
    fc.record({ type: fc.constant('popup.answered' as const), at, popupId: fc.constantFrom('popup.issue-1', 'x'), answer: fc.string(), elapsedMs: fc.nat(9_000), trusted: fc.boolean() }),
    fc.record({ type: fc.constant('finish.requested' as const), at }),
  );

  it('a player of any speed behind a clock that says anything never gets through a lesson faster than real time', () => {
    const trick = fc.record({
      speed: fc.constantFrom(1, 1.003, 1.02, 1.1, 1.5, 4),
      monoLieMs: fc.constantFrom(0, 500, 2_000, 20_000, -2_000, -20_000),
      clockRate: fc.constantFrom('AS_THE_PLAYER' as const, 0.5, 1, 1.5),
      act: fc.constantFrom('none' as const, 'reload' as const, 'drop' as const, 'hop' as const, 'pause' as const),
      playMs: fc.integer({ min: 1_000, max: minutes(2) }),
    });
    fc.assert(fc.property(fc.array(trick, { minLength: 1, maxLength: 12 }), fc.nat(1_000), (tricks, seed) => {
      const story = aSession({ seed, durationMs: minutes(6), delayMs: [5, 120] }).begins();
      const from = story.timeline.now;
      for (const { speed, monoLieMs, clockRate, act, playMs } of [...tricks, ...tricks, ...tricks]) {
        story.browser.setClockRate(clockRate === 'AS_THE_PLAYER' ? speed : clockRate);
        story.claims((beat) => ({ ...beat, clientMonoMs: beat.clientMonoMs + monoLieMs })).playsAtSpeed(speed).plays(playMs);
        if (act === 'reload') story.reloads(300);
        if (act === 'drop') story.goesOffline(300);
        if (act === 'pause') story.pauses(500);
        if (act === 'hop') story.pauses().seeksTo(Math.min(story.positionMs + 1_900, minutes(6)));
        if (story.failure !== null) break;
      }
      story.finishes();
      const elapsedMs = story.timeline.now - from;
      // Five seconds in a class hour are what attacks.md allows to errors of measurement.
      if (story.verdict !== 'INVALID') expect(story.creditedMs).toBeLessThanOrEqual(elapsedMs * 1.002 + 5_000);
      expect(story.creditedMs).toBeLessThanOrEqual(elapsedMs * 1.002 + 10_000);
    }), sampled());
  });

  it('never throws, never credits more than server time, and always has a verdict', () => {
    fc.assert(fc.property(fc.array(noise, { maxLength: 60 }), (events) => {
      const story = aSession().begins().plays(seconds(30));
      const from = story.state.at;
      const sorted = [...events].sort((a, b) => a.at - b.at);
      for (const event of sorted) story.shell.record({ ...event, at: from + event.at } as SessionEvent);
      const { ledger, opened, at: now } = story.state;
      expect(story.creditedMs).toBeLessThanOrEqual(now - opened.at + 2_000);
      expect(ledger.coverage.every(([start, end]) => start >= 0 && end > start && end <= opened.lesson.durationMs)).toBe(true);
      expect(['INVALID', 'INCOMPLETE']).toContain(story.verdict);
    }), sampled());
  });
});
