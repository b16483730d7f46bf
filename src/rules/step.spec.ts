import { describe, expect, it } from '@jest/globals';
import { nextDeadline, replay, step, unattendedSince, wants } from './step.js';
import { beats } from './testing/exact-beat.js';
import { anOpening, aPolicy, minutes, seconds } from './testing/opening.js';
import { aSession, type SessionSetup, type Story } from './testing/story.js';

const calm: SessionSetup = { durationMs: minutes(8), snapshots: [], faceChecks: [] };
const issued = (story: Story, type: 'popup.issued' | 'snapshot.requested'): number => story.journal.filter((event) => event.type === type).length;

/** A page that plays and tells a beat every ten seconds up to `ms`, then says nothing more. */
function playsThenSilent(ms: number, setup: SessionSetup): Story {
  const story = beats(aSession({ ...calm, ...setup }).begins(), 0, { positionMs: 0 });
  for (let at = seconds(10); at < ms; at += seconds(10)) beats(story, seconds(10), { positionMs: at });
  return beats(story, ms % seconds(10) || seconds(10), { positionMs: ms });
}

describe('one entry', () => {
  it('commands nothing at the opening, and where nothing begins or ends to hold', () => {
    expect(step({ status: 'unopened' }, anOpening()).commands).toEqual([]);
    const { state } = aSession(calm).begins().plays(minutes(1));
    expect(step(state, { type: 'clock.ticked', at: state.at + 1 })).toMatchObject({ findings: [], commands: [] });
  });

  it('after the end brings what it brought itself, and commands nothing', () => {
    const { state } = aSession({ ...calm, supersedes: 'session-0', snapshots: [{ part: 0, atMs: minutes(1) }] }).studiesTheLesson();
    expect(state.findings.map(({ code }) => code)).toEqual(['MAKEUP']);
    const late = step(state, { type: 'predecessor.voided', at: state.at, lessonId: 'lesson-1', sessionId: 'session-0' });
    expect(late.findings.map(({ code }) => code)).toEqual(['R5_PREDECESSOR_VOIDED']);
    expect(late.commands).toEqual([]);
  });

  it('puts an idle session aside, and says so once', () => {
    const { state } = aSession(calm).begins().plays(minutes(1)).pauses(minutes(14));
    const aside = step(state, { type: 'clock.ticked', at: nextDeadline(state)! });
    expect(aside.commands).toEqual([{ type: 'session.suspend' }]);
    expect(step(aside.state, { type: 'clock.ticked', at: state.at + minutes(30) }).commands).toEqual([]);
  });
});

describe('a session just opened', () => {
  it('holds nothing back where the policy asks for nothing at the start, and holds from the opening where it does', () => {
    const free = replay([anOpening({ policy: aPolicy({ face: { required: false }, popup: { required: false } }) })]);
    expect(free).toMatchObject({ holds: [], ledger: { holdSpans: [] } });
    const { at } = anOpening();
    expect(replay([anOpening()])).toMatchObject({ holds: ['FACE_CHECK'], ledger: { holdSpans: [{ from: at, to: null }] } });
  });

  it('asks for nothing before its schedule is drawn, and is nobody’s to attend before somebody joins', () => {
    const joined = aSession(calm).joined().journal;
    const opening = joined.filter(({ type }) => type === 'session.opened' || type === 'connection.joined');
    expect(wants(replay(opening))).toEqual([]);
    expect(wants(replay([...opening, ...joined.filter(({ type }) => type === 'schedule.drawn')]))).toMatchObject([{ type: 'liveness.request' }]);
    expect(unattendedSince(replay([anOpening()]), anOpening().at + minutes(10_000))).toBeNull();
  });
});

describe('the same failed check, where the session goes on', () => {
  it('is found once while nothing is credited, and again when something was', () => {
    const seeks = (story: Story): Story => story.pauses(seconds(1)).seeksTo(minutes(60)).plays(minutes(1));
    const story = aSession({ ...calm, durationMs: minutes(90), courseType: 'GENERAL', policy: aPolicy({ invalidation: { scope: 'CLASS_HOUR' } }) });
    const found = () => story.state.findings.filter(({ code }) => code === 'R1_FORWARD_SEEK').map(({ creditedMs }) => creditedMs);
    seeks(story.begins().plays(minutes(1)));
    expect(found()).toEqual([minutes(1)]);
    seeks(story.pauses(seconds(1)).seeksTo(minutes(1)).plays(minutes(1)));
    expect(found()).toHaveLength(2);
    expect(found()[1]).toBeGreaterThan(minutes(1));
  });
});

describe('what is booked', () => {
  it('in review mode is nothing', () => {
    const story = aSession(calm).begins().playsToTheEnd().timePasses(minutes(1)).reports('REVIEW_MODE_ON');
    const { playedMs, runs, coverage } = story.state.ledger;
    story.seeksTo(0).playsAtSpeed(2).plays(minutes(1));
    expect(story.state.ledger).toMatchObject({ playedMs, runs, coverage, anchor: null });
  });

  it('stands when a snapshot calls for a face check: only a missed popup withholds', () => {
    const story = aSession({ ...calm, snapshots: [{ part: 0, atMs: minutes(1) }, { part: 0, atMs: minutes(5) }] }).begins();
    story.trainee.pictures.push('STRANGER', 'STRANGER');
    story.plays(minutes(1)).timePasses(seconds(13));
    expect(story.state.slices.R4.need?.reason).toBe('SNAPSHOT_FAILED');
    expect(story.state.ledger.withheldMs).toBe(0);
    expect(story.creditedMs).toBeGreaterThanOrEqual(minutes(1));
  });
});

describe('play that is assumed between two beats', () => {
  const popupAfter = (playedMs: number, gapMs: number, durationMs = minutes(8)): number =>
    issued(playsThenSilent(playedMs, { durationMs, popupGaps: [gapMs, minutes(4), minutes(4)] }).timePasses(seconds(28)), 'popup.issued');

  it('lasts for two heartbeats', () => {
    expect([popupAfter(seconds(160), seconds(178)), popupAfter(seconds(160), seconds(185))]).toEqual([1, 0]);
  });

  it('ends with the lesson', () => {
    expect([popupAfter(seconds(175), seconds(179), minutes(3)), popupAfter(seconds(175), seconds(183), minutes(3))]).toEqual([1, 0]);
  });

  it.each([[seconds(12), true], [seconds(12) + 1, false]])('goes on from %d ms, ten seconds having been reached: a snapshot five seconds on falls due: %s', (positionMs, isDue) => {
    const story = playsThenSilent(seconds(10), { snapshots: [{ part: 0, atMs: seconds(15) }] });
    const { state } = beats(beats(story, 0, { positionMs: seconds(10), state: 'PAUSED' }), 0, { positionMs });
    const later = step(state, { type: 'clock.ticked', at: state.at + seconds(8) }).state;
    expect(wants(later).map(({ type }) => type)).toEqual(isDue ? ['snapshot.request'] : []);
  });

  it('is not assumed at all ahead of what was reached: the clock keeps still until the next beat', () => {
    const story = playsThenSilent(seconds(10), { snapshots: [{ part: 0, atMs: seconds(15) }] });
    const before = beats(beats(story, 0, { positionMs: seconds(10), state: 'PAUSED' }), 0, { positionMs: seconds(12) + 1 }).journal.length;
    const ticks = story.timePasses(seconds(8)).journal.slice(before);
    expect(ticks.map(({ type }) => type)).toEqual([]);
  });
});
