import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { SessionEvent } from './event.js';
import { FINDING_KINDS, finding } from './finding.js';
import { unopened } from './state.js';
import { canFinish, nextDeadline, outstanding, replay, step, verdictOf, wants } from './step.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { anOpening, minutes, MORNING, seconds } from './testing/opening.js';
import { aSession } from './testing/story.js';
import { viewOf } from './view.js';

describe('the engine', () => {
  it('is tested with the profile that ships', () => {
    const file = new URL('../policies/profiles/cn-henan-nanyang-2022.json', import.meta.url);
    expect(NANYANG).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it('replays a journal to the state it had live, entry by entry', () => {
    const story = aSession({ durationMs: minutes(12), delayMs: [10, 900] }).begins().leavesPopupUnanswered().plays(minutes(5)).goesOffline(seconds(40)).playsToTheEnd().finishes();
    expect(replay(story.journal)).toEqual(story.state);
    expect(replay(JSON.parse(JSON.stringify(story.journal)) as SessionEvent[])).toEqual(story.state);
  });

  it('counts every entry of the journal, also those after the end', () => {
    const story = aSession().studiesTheLesson();
    story.shell.record({ type: 'session.sealed', at: MORNING, seed: '00', verdict: 'VALID' });
    expect(story.state.seq).toBe(story.journal.length);
  });

  it('ignores what comes before the session is opened', () => {
    expect(step(unopened, { type: 'clock.ticked', at: MORNING })).toEqual({ state: unopened, findings: [], commands: [] });
    expect([verdictOf(unopened), nextDeadline(unopened), wants(unopened), viewOf(unopened), canFinish(unopened)]).toEqual(['INCOMPLETE', null, [], null, false]);
  });

  it('never lets time run backwards', () => {
    const story = aSession().begins().plays(minutes(1));
    const { at } = story.state;
    story.shell.record({ type: 'clock.ticked', at: at - 5_000 });
    expect(story.state.at).toBe(at);
  });

  it('is left incomplete, not invalid, by a trainee who goes away', () => {
    const story = aSession().begins().plays(minutes(4)).pauses(minutes(20));
    expect(story.verdict).toBe('INCOMPLETE');
    expect(story.state).toMatchObject({ status: 'live', isSuspended: true });
    expect(nextDeadline(story.state)).toBeNull();
  });

  it('wakes a suspended session by a join, where it stood', () => {
    const story = aSession().begins().plays(minutes(4)).pauses(minutes(20)).crashes().comesBack();
    expect(story.state).toMatchObject({ isSuspended: false });
    expect(story.passesLiveness().timePasses(seconds(1)).positionMs).toBeCloseTo(minutes(4), -3);
    expect(story.playsToTheEnd().finishes().verdict).toBe('VALID');
  });

  it('gives a suspended page that simply plays on nothing, and asks it for nothing, until it joins', () => {
    const story = aSession().begins().plays(minutes(4)).pauses(minutes(20)).resumes().timePasses(minutes(3));
    expect(story.state).toMatchObject({ status: 'live', isSuspended: true });
    expect(story.creditedMs).toBe(minutes(4));
    expect(story.state.status === 'live' && wants(story.state)).toEqual([]);
  });

  it('closes with the first failure, and tells the client which', () => {
    const opened = aSession().begins().plays(minutes(1));
    const beat = opened.journal.findLast((event) => event.type === 'beat.received')!;
    const result = step(opened.state, { ...beat, at: opened.state.at + 1_000, positionMs: minutes(9) } as SessionEvent);
    expect(result.commands).toEqual([{ type: 'session.close', verdict: 'INVALID', rule: 'R1', code: 'R1_POSITION_JUMP' }]);
    expect(verdictOf(result.state)).toBe('INVALID');
  });

  it('cannot be finished with a check outstanding, and says which', () => {
    const story = aSession().begins().plays(minutes(1));
    expect(story.state.status === 'live' && outstanding(story.state).map(({ rule }) => rule)).toEqual(['R1', 'R4', 'R6']);
    story.happens({ type: 'finish.requested' });
    expect(story.state.status).toBe('live');
  });

  it('cannot be finished while something holds', () => {
    const story = aSession().begins().playsToTheEnd().timePasses(minutes(2));
    expect(canFinish(story.state)).toBe(true);
    expect(canFinish(story.hidesPage().state)).toBe(false);
    expect(story.showsPage().finishes().verdict).toBe('VALID');
  });

  it('issues nothing to a place that is not there', () => {
    const story = aSession().begins().plays(minutes(1)).crashes().timePasses(minutes(10));
    expect(story.state.status === 'live' && wants(story.state)).toEqual([]);
  });

  it('asks for a popup and a face check one after the other', () => {
    const story = aSession({ snapshots: [] }).begins().plays(minutes(1)).pauses(minutes(11)).resumes().timePasses(seconds(1));
    expect(story.state.holds).toEqual(['POPUP', 'FACE_CHECK']);
    expect(story.journal.at(-2)?.type === 'popup.issued').toBe(false);
    expect(story.passesLiveness().state.holds).toEqual([]);
  });

  it('tells the player to hold with the first reason and to go on with the last', () => {
    const story = aSession({ faceChecks: [], snapshots: [], popupGaps: [minutes(3), minutes(4), minutes(4)] }).begins().plays(minutes(3)).timePasses(10);
    const { popupId, expected } = story.state.slices.R3.open!;
    const held = story.state;
    const away = step(held, { type: 'window.reported', at: held.at, connectionId: 'connection-1', kind: 'HIDDEN', detail: {} });
    expect(away.commands).toMatchObject([{ type: 'playback.hold', reason: 'WINDOW', holds: ['WINDOW', 'POPUP'] }]);
    const answered = step(away.state, { type: 'popup.answered', at: held.at + 1_000, popupId, answer: expected, elapsedMs: 1_000, trusted: true });
    expect(answered.commands).toEqual([]);
    const back = step(answered.state, { type: 'window.reported', at: held.at + 1_000, connectionId: 'connection-1', kind: 'VISIBLE', detail: {} });
    expect(back.commands).toEqual([{ type: 'playback.release', positionMs: minutes(3) }]);
  });

  it('does not let an event of another connection or check move anything', () => {
    const story = aSession().begins().plays(minutes(1));
    const before = story.state;
    const { state } = step(before, { type: 'connection.lost', at: before.at, connectionId: 'connection-of-before' });
    expect(state).toMatchObject({ place: before.place, holds: [] });
  });
});

describe('the view', () => {
  it('is green all over at the end of a valid session', () => {
    const view = viewOf(aSession().studiesTheLesson().state);
    expect(view).toMatchObject({ status: 'CLOSED', verdict: 'VALID', holds: [] });
    expect(view?.lights.map(({ rule, light }) => `${rule} ${light}`)).toEqual(['R1', 'R2', 'R3', 'R4', 'R5', 'R6'].map((rule) => `${rule} GREEN`));
  });

  it('goes from opened over held to studying', () => {
    const story = aSession();
    expect(viewOf(story.state)?.status).toBe('OPENED');
    expect(viewOf(story.joined().state)?.status).toBe('HELD');
    expect(viewOf(story.passesLiveness().plays(seconds(30)).state)?.status).toBe('STUDYING');
  });

  it('is amber where something is missing or was withheld, red where a rule failed', () => {
    const story = aSession({ snapshots: [], faceChecks: [], popupGaps: [minutes(3), minutes(4), minutes(4)] }).begins();
    expect(viewOf(story.state)?.lights[0]).toEqual({ rule: 'R1', light: 'AMBER', code: 'R1_WALLCLOCK_DEFICIT' });
    story.leavesPopupUnanswered().plays(minutes(3)).timePasses(seconds(62));
    expect(viewOf(story.state)?.lights[2]).toEqual({ rule: 'R3', light: 'AMBER', code: 'R3_MISSED' });
    story.leavesPopupUnanswered(2).plays(minutes(2));
    expect(viewOf(story.state)?.lights[2]).toEqual({ rule: 'R3', light: 'RED', code: 'R3_POPUP_UNANSWERED' });
  });
});

describe('findings', () => {
  it('carry rule and attribution by their code, with words in both languages', () => {
    expect(finding('R3_MISSED', 5, 7, { missed: 1 })).toEqual({
      rule: 'R3', code: 'R3_MISSED', attribution: 'TRAINEE_CONDUCT', at: 5, seq: 7, detail: { missed: 1 },
    });
    for (const [code, kind] of Object.entries(FINDING_KINDS)) {
      expect(kind.zh).toMatch(/[一-鿿]/);
      expect(kind.en).toMatch(/^[A-Z]/);
      if (/^R\d_/.test(code)) expect(code.slice(0, 2)).toBe(kind.rule);
    }
  });

  it('name the journal entry that proves them', () => {
    const story = aSession().begins().leavesPopupUnanswered().plays(minutes(6));
    const missed = story.state.findings.find(({ code }) => code === 'R3_MISSED')!;
    expect(story.journal[missed.seq - 1]?.type).toBe('clock.ticked');
    expect(story.journal[missed.seq - 1]?.at).toBe(missed.at);
  });

  it('a session opened with nothing but its opening has none', () => {
    expect(replay([anOpening()])).toMatchObject({ status: 'live', findings: [], holds: ['FACE_CHECK'] });
  });
});
