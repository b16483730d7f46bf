import { beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '../clock.fake.js';
import type { BeatDraft } from '../connection/outbox.js';
import { Frontier } from './frontier.js';
import { PlaybackSensor } from './playback.js';
import { FakeVideo } from './video.fake.js';

describe('playback sensor', () => {
  let clock: FakeClock;
  let video: FakeVideo;
  let frontier: Frontier;
  let sensor: PlaybackSensor;
  let beats: BeatDraft[];
  let reports: { readonly kind: string; readonly detail: object }[];
  let ends: number;
  let isVisible: boolean;

  const told = (): string[] => beats.map(({ state, positionMs }) => `${state}@${positionMs}`);

  beforeEach(() => {
    clock = new FakeClock();
    video = new FakeVideo(clock, 60);
    frontier = new Frontier();
    beats = [];
    reports = [];
    ends = 0;
    isVisible = true;
    sensor = new PlaybackSensor({
      video: video as unknown as HTMLVideoElement,
      frontier,
      clock,
      isVisible: () => isVisible,
      isInPictureInPicture: () => false,
      observer: {
        onBeat: (beat) => beats.push(beat),
        onReport: (kind, detail) => reports.push({ kind, detail }),
        onEnded: () => (ends += 1),
        onPlayRefused: () => undefined,
      },
    });
    sensor.attach();
    sensor.configure({ heartbeatMs: 10_000, maxRate: 1, durationMs: 60_000 });
  });

  const playing = async (ms: number): Promise<void> => {
    sensor.release(null);
    sensor.play();
    await clock.advance(ms);
  };

  it('beats when play begins and every heartbeat', async () => {
    await playing(20_500);
    expect(told()).toEqual(['PLAYING@0', 'PLAYING@10001', 'PLAYING@20001']);
  });

  it('does not play while held, and plays on release when that was the wish', async () => {
    void video.play();
    await clock.advance(500);
    expect(video.paused).toBe(true);
    expect(video.currentTime).toBe(0);
    expect(told()).toEqual(['PAUSED@0']);
    sensor.release(null);
    await clock.advance(100);
    expect(told()).toEqual(['PAUSED@0', 'PLAYING@0']);
  });

  it('tells the position of the pause when a hold stops play, once', async () => {
    await playing(4_000);
    sensor.hold(null);
    await clock.advance(100);
    expect(told()).toEqual(['PLAYING@0', 'PAUSED@4000']);
  });

  it('goes on where it was held without a hole in what it claims', async () => {
    await playing(4_000);
    sensor.hold(null);
    await clock.advance(3_000);
    sensor.release(4_000);
    await clock.advance(1_000);
    expect(told()).toEqual(['PLAYING@0', 'PAUSED@4000', 'PLAYING@4000']);
    expect(frontier.ms).toBeGreaterThanOrEqual(4_990);
  });

  it('stays paused after a release when the trainee had paused', async () => {
    await playing(4_000);
    video.pause();
    await clock.advance(10);
    sensor.hold(null);
    sensor.release(null);
    await clock.advance(100);
    expect(video.paused).toBe(true);
  });

  it('goes on by itself after the browser paused a hidden page', async () => {
    await playing(4_000);
    isVisible = false;
    video.pause();
    await clock.advance(10);
    sensor.hold(null);
    isVisible = true;
    sensor.release(null);
    await clock.advance(100);
    expect(video.paused).toBe(false);
  });

  it('snaps a seek beyond the frontier back and reports it, without a beat that claims it', async () => {
    await playing(4_000);
    video.currentTime = 40;
    await clock.advance(100);
    expect(video.currentTime).toBeLessThan(4.2);
    expect(reports).toEqual([{ kind: 'SEEK_BLOCKED', detail: { fromMs: 4_000, toMs: 40_001 } }]);
    expect(beats.every(({ positionMs }) => positionMs < 4_200)).toBe(true);
  });

  it('reports a storm of blocked seeks once a second', async () => {
    await playing(2_000);
    for (let index = 0; index < 10; index += 1) {
      video.currentTime = 30 + index;
      await clock.advance(50);
    }
    expect(reports).toHaveLength(1);
  });

  it('lets the trainee go back, and forward again up to the frontier, closing each run before the jump', async () => {
    await playing(8_000);
    video.currentTime = 2;
    await clock.advance(1_000);
    video.currentTime = 7;
    await clock.advance(1_000);
    expect(reports).toEqual([]);
    const [begun, closed, again] = told();
    expect([begun, closed, again]).toEqual(['PLAYING@0', 'PAUSED@8000', 'PLAYING@2001']);
    expect(beats.some(({ state, positionMs }) => state === 'PLAYING' && positionMs > 6_990 && positionMs < 7_100)).toBe(true);
  });

  it('clamps a higher rate and reports it; no beat carries it', async () => {
    await playing(1_000);
    video.playbackRate = 2;
    await clock.advance(10);
    expect(video.playbackRate).toBe(1);
    expect(reports).toEqual([{ kind: 'RATE_BLOCKED', detail: { rate: 2 } }]);
    expect(beats.every(({ rate }) => rate === 1)).toBe(true);
  });

  it('tells a slower rate with a beat', async () => {
    await playing(1_000);
    video.playbackRate = 0.75;
    await clock.advance(10);
    expect(beats.at(-1)).toMatchObject({ state: 'PLAYING', rate: 0.75 });
  });

  it('goes back when credit was withheld, and takes the frontier with it', async () => {
    await playing(8_000);
    sensor.hold(null);
    await clock.advance(50);
    sensor.hold(3_000);
    await clock.advance(50);
    expect(video.currentTime).toBe(3);
    expect(frontier.ms).toBe(3_000);
    expect(told().slice(-1)).toEqual(['PAUSED@3000']);
  });

  it('does not go back for a difference of measurement, nor when the trainee re-watches', async () => {
    await playing(8_000);
    sensor.hold(7_750);
    await clock.advance(50);
    expect(video.currentTime).toBeCloseTo(8, 2);
    sensor.hold(20_000);
    await clock.advance(50);
    expect(video.currentTime).toBeCloseTo(8, 2);
  });

  it('tells the end of a lesson watched to the end', async () => {
    await playing(61_000);
    expect(told().at(-1)).toBe('ENDED@60000');
    expect(ends).toBe(1);
  });

  it('does not claim the end when something before it is missing', async () => {
    await playing(30_000);
    frontier.acknowledged(30_000, 12_000);
    await clock.advance(31_000);
    expect(told().at(-1)).toBe('PAUSED@60000');
    expect(ends).toBe(1);
  });
});
