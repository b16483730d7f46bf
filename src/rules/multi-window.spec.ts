import { describe, expect, it } from '@jest/globals';
import { minutes, seconds } from './testing/opening.js';
import { aSession, type Story } from './testing/story.js';

/** The page goes on playing although it is not the window that is seen. */
const playsOn = (story: Story, change: (story: Story) => void): Story => {
  story.ignoresHolds();
  change(story);
  return story;
};
const hides = (story: Story): void => {
  story.browser.isVisible = false;
  story.browser.report('HIDDEN');
};
const floats = (story: Story): void => {
  story.browser.isInPictureInPicture = true;
  story.browser.report('PIP_ENTERED');
};
const refusedBeat = (connectionId: string) => ({ type: 'beat.refused', connectionId, reason: 'LEASE_LOST', state: 'PLAYING' }) as const;

describe('R2 多窗口学习: what fails', () => {
  it('playing on for more than ten seconds after the page was hidden', () => {
    const story = playsOn(aSession().begins().plays(minutes(1)), hides).timePasses(seconds(21));
    expect(story.failure).toBe('R2_BACKGROUND_PLAY');
    expect(story.creditedMs).toBeLessThanOrEqual(minutes(1) + seconds(3));
  });

  it('playing on in a hidden page that never told so but in its beats', () => {
    const story = playsOn(aSession().begins().plays(minutes(1)), ({ browser }) => (browser.isVisible = false)).timePasses(seconds(31));
    expect(story.failure).toBe('R2_BACKGROUND_PLAY');
  });

  it('playing on in picture-in-picture', () => {
    const story = playsOn(aSession().begins().plays(minutes(1)), floats).timePasses(seconds(21));
    expect(story.failure).toBe('R2_PIP_PLAY');
  });

  it('a place that was put out and still claims to play after the tolerance', () => {
    const story = aSession().begins().plays(minutes(1));
    const old = story.browser.connectionId;
    story.takesOverOn('phone').timePasses(seconds(5.1)).happens(refusedBeat(old));
    expect(story.failure).toBe('R2_CONCURRENT_PLAY');
  });

  it('a second session of the same person while the first claims to play on', () => {
    const story = aSession().begins().plays(minutes(1)).happens({ type: 'lease.lost', leaseEpoch: 2, bySessionId: 'session-2' });
    story.timePasses(seconds(9)).happens(refusedBeat(story.browser.connectionId));
    expect(story.failure).toBe('R2_CONCURRENT_PLAY');
  });

  it('the session that took over, when the one before still claims to play', () => {
    const story = aSession();
    story.browser.join('session:session-0');
    story.timePasses(seconds(8)).happens(refusedBeat('session:session-0'));
    expect(story.failure).toBe('R2_CONCURRENT_PLAY');
  });
});

describe('R2 多窗口学习: what does not', () => {
  it('another app in front, the page hidden, the player paused', () => {
    const story = aSession().begins().plays(minutes(1)).hidesPage().timePasses(minutes(2));
    expect(story.state.holds).toEqual(['WINDOW']);
    story.showsPage().playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toContain('VISIBILITY_PAUSE');
  });

  it('a hidden page whose player needed nine seconds to stop', () => {
    const story = playsOn(aSession().begins().plays(minutes(1)), hides).timePasses(seconds(9));
    story.browser.obeysHolds = true;
    story.browser.pause();
    expect(story.timePasses(seconds(30)).showsPage().playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a player that needs eight seconds to stop, again and again: each time counts alone', () => {
    const story = aSession().begins().ignoresHolds().plays(minutes(1));
    for (let count = 0; count < 4; count += 1) {
      hides(story.timePasses(seconds(12)));
      story.timePasses(seconds(8));
      story.browser.isVisible = true;
      story.browser.report('VISIBLE');
    }
    expect(story.timePasses(seconds(5)).failure).toBeNull();
  });

  it('going out of sight again and again, paused each time', () => {
    const story = aSession().begins();
    for (let count = 0; count < 12; count += 1) story.plays(seconds(30)).hidesPage().timePasses(seconds(15)).showsPage();
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it.each(['PIP_BLOCKED', 'SECOND_TAB_BLOCKED'])('%s is the control at work', (kind) => {
    const story = aSession().begins().plays(minutes(1)).reports(kind).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toContain('R2_ATTEMPT_BLOCKED');
  });

  it('a second tab that is refused', () => {
    const story = aSession().begins().plays(minutes(1)).happens({ type: 'place.refused', instanceId: 'other', deviceId: 'device-1' });
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
    expect(story.codes).toContain('R2_ATTEMPT_BLOCKED');
  });

  it('notes taken in another window while the lesson stays visible', () => {
    const story = aSession().begins().plays(minutes(1)).reports('FOCUS_LOST').plays(minutes(2)).reports('FOCUS_GAINED').playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes.filter((code) => code === 'FOCUS_LOST')).toHaveLength(1);
  });

  it('a second monitor', () => {
    const story = aSession().joined().happens({
      type: 'connection.joined', connectionId: 'connection-1', instanceId: 'device-1-page-1', deviceId: 'device-1', leaseEpoch: 1, clientMonoMs: 1_234,
      clientWallAt: 0, sdk: 'sdk', userAgent: 'test', camera: 'camera', screenExtended: true, tookOverFrom: null,
    });
    expect(story.passesLiveness().playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a phone that takes over from the computer, with a face check before it goes on', () => {
    const story = aSession({ delayMs: [20, 200] }).begins().plays(minutes(2)).takesOverOn('phone');
    expect(story.state.holds).toContain('FACE_CHECK');
    story.plays(minutes(1)).playsToTheEnd().finishes();
    expect(story.verdict).toBe('VALID');
    expect(story.codes).toContain('LEASE_TRANSFERRED');
    expect(story.state.slices.R4.passed).toBeGreaterThanOrEqual(2);
  });

  it('the last beats of the place that was put out, within the tolerance', () => {
    const story = aSession().begins().plays(minutes(1));
    const old = story.browser.connectionId;
    story.takesOverOn('phone').timePasses(seconds(4)).happens(refusedBeat(old));
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('a place that had nothing to do with the take-over', () => {
    const story = aSession().begins().plays(minutes(1)).takesOverOn('phone').timePasses(minutes(1)).happens(refusedBeat('connection-of-long-ago'));
    expect(story.failure).toBeNull();
  });

  it('a beat refused for its nonce or its number', () => {
    const story = aSession().begins().plays(minutes(1)).takesOverOn('phone').timePasses(minutes(1));
    story.happens({ ...refusedBeat('connection-1'), reason: 'NONCE_INVALID' }).happens({ ...refusedBeat('connection-1'), reason: 'SEQUENCE_GAP' });
    expect(story.failure).toBeNull();
  });

  it('losing the lease to another session: play is held and earns nothing until this one is taken up again', () => {
    const story = aSession().begins().plays(minutes(1)).happens({ type: 'lease.lost', leaseEpoch: 2, bySessionId: 'session-2' });
    expect(story.state.holds).toEqual(['LEASE']);
    story.timePasses(minutes(1)).joined();
    expect(story.state.holds).toEqual([]);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });
});
