/**
 * Attacks at the level of the wire, each against the running processes with real faces, and the honest session next to
 * them. All trainees study at the same time; the assertions look at what each ended with.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Ack, SessionClosed } from '@xuejian/protocol';
import sharp from 'sharp';
import { captured } from '../support/camera/sensor.js';
import { anIdNumber, RefusedError, type OpenedSession, type PlatformClient } from '../support/platform-client.js';
import { ReviewDesk } from '../support/review-desk.js';
import { startStack, type Stack } from '../support/stack.js';
import type { ActorFrames, StudyClient } from '../support/study-client.js';

const LESSON_MS = 24_000;
const PATIENCE_MS = 300_000;

interface Outcome {
  readonly closed: SessionClosed | null;
  readonly session: Awaited<ReturnType<PlatformClient['session']>>;
  readonly client: StudyClient;
}

/** Whatever is asked, the same face at rest. */
const asStill = ({ neutral }: ActorFrames) => ({ closedEyes: neutral, openMouth: neutral, turnLeft: neutral, turnRight: neutral, nod: neutral, leanIn: neutral });

jest.setTimeout(60_000);

describe('a session against the running server', () => {
  let stack: Stack;
  let platform: PlatformClient;
  let desk: ReviewDesk;
  let owner: ActorFrames;
  let stranger: ActorFrames;
  let lessons: string[];
  let courseId: string;
  const scenarios = new Map<string, () => Promise<Outcome>>();
  const outcomes = new Map<string, PromiseSettledResult<Outcome>>();
  const outcomeOf = (name: string): Outcome => {
    const outcome = outcomes.get(name);
    if (outcome?.status !== 'fulfilled') throw new Error(`${name}: ${String(outcome?.reason ?? 'no such scenario')}`);
    return outcome.value;
  };

  const aTrainee = async (face = owner): Promise<{ enrolmentId: string; opened: OpenedSession }> => {
    const enrolmentId = await platform.enrol(await platform.createTrainee(face.neutral[0]!), courseId);
    return { enrolmentId, opened: await platform.open(enrolmentId, lessons[0]!) };
  };

  /** One trainee's story: joins, does what the scenario says, and is looked at when the session is closed or left. */
  const play = async (name: string, scenario: (client: StudyClient) => Promise<unknown>, actor?: ActorFrames, snapshotOf?: () => Buffer | null): Promise<void> => {
    const { opened } = await aTrainee();
    scenarios.set(name, async () => {
      const client = stack.study(opened, LESSON_MS, actor ?? owner, snapshotOf);
      try {
        expect(await client.join()).toMatchObject({ ok: true });
        await scenario(client);
        return { closed: client.closed, session: await platform.session(opened.sessionId), client };
      } finally {
        client.close();
      }
    });
  };
  const toTheVerdict = (cheat: (client: StudyClient) => void) => async (client: StudyClient): Promise<void> => {
    cheat(client);
    await client.play();
    await client.waitClosed(PATIENCE_MS);
  };
  /** Waits until credit is earned, so that the cheating starts in the middle of an honest session. */
  const afterAWhile = async (client: StudyClient): Promise<void> => {
    await client.play();
    await client.waitPosition(4_000, PATIENCE_MS);
  };

  beforeAll(async () => {
    stack = await startStack();
    platform = await stack.platform('attacks');
    desk = new ReviewDesk(await stack.platform('attacks', 'REVIEW'), PATIENCE_MS);
    [owner, stranger] = [await stack.actor('anna'), await stack.actor('bea')];
    ({ courseId, lessonIds: lessons } = await platform.createCourse([{ durationMs: LESSON_MS }, { durationMs: LESSON_MS }]));
    const black = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#050505' } }).jpeg().toBuffer();

    await play('honest', (client) => client.studyToEnd(PATIENCE_MS));
    const unseen = { ...owner, ...asStill(owner) };
    await play('let in by a person', async (client) => {
      await client.play();
      await client.waitHold('ALTERNATIVE', PATIENCE_MS);
      await desk.confirm(client.joined!.sessionId);
      Object.assign(unseen, owner);
      await client.studyToEnd(PATIENCE_MS);
    }, unseen);
    await play('double speed', async (client) => {
      await afterAWhile(client);
      client.speed = 2;
      await client.waitClosed(PATIENCE_MS);
    });
    await play('jump ahead', async (client) => {
      await afterAWhile(client);
      await client.seek(18_000);
      await client.waitClosed(PATIENCE_MS);
    });
    await play('seek while paused', async (client) => {
      await afterAWhile(client);
      await client.pause();
      await client.seek(15_000);
      await client.play();
      await client.waitClosed(PATIENCE_MS);
    });
    await play('hidden play', async (client) => {
      await afterAWhile(client);
      client.visible = false;
      client.defies = 'WINDOW';
      await client.waitClosed(PATIENCE_MS);
    });
    await play('picture in picture', async (client) => {
      await afterAWhile(client);
      client.pictureInPicture = true;
      client.defies = 'WINDOW';
      await client.waitClosed(PATIENCE_MS);
    });
    await play('no face check', toTheVerdict((client) => {
      client.answersFaceChecks = false;
      client.defies = 'ALL';
    }));
    await play('another person', toTheVerdict(() => undefined), stranger);
    await play('a still photo', async (client) => {
      await client.play();
      // Machine checks end with the last try; nobody of the staff would confirm a photo, so the attacker gives up.
      await client.waitHold('ALTERNATIVE', PATIENCE_MS);
      await client.finish();
      await client.waitClosed(PATIENCE_MS);
    }, { ...owner, ...asStill(owner) });
    await play('covered camera', toTheVerdict(() => undefined), owner, () => black);
    const shown = await captured(owner.neutral[2]!);
    await play('one picture shown again and again', (client) => client.studyToEnd(PATIENCE_MS), owner, () => shown);
    await play('no pictures', toTheVerdict(() => undefined), owner, () => null);
    await play('random bytes as pictures', toTheVerdict(() => undefined), owner, () => randomBytes(1_000));
    await play('stranger in the pictures', toTheVerdict(() => undefined), owner, () => stranger.neutral[1]!);
    const settled = await Promise.allSettled([...scenarios.values()].map((run) => run()));
    [...scenarios.keys()].forEach((name, index) => outcomes.set(name, settled[index]!));
  }, PATIENCE_MS + 120_000);

  afterAll(() => stack?.stop());

  it('is VALID for an honest trainee', async () => {
    const { session, closed } = outcomeOf('honest');
    expect(session).toMatchObject({ verdict: 'VALID', failed: null, status: 'CLOSED' });
    expect(closed).toMatchObject({ reason: 'VERDICT', verdict: 'VALID' });
  });

  it('leads who is locked out of the face check past it by a person, and is VALID by the word of a person alone', async () => {
    const { session: { sessionId, verdict }, closed } = outcomeOf('let in by a person');
    expect([closed?.verdict, verdict]).toEqual(['PENDING_REVIEW', 'PENDING_REVIEW']);
    expect(await desk.overturn(sessionId)).toMatchObject({ state: 'DECIDED', reasons: expect.arrayContaining(['R4_ALTERNATIVE_USED']) });
    expect(await platform.session(sessionId)).toMatchObject({ verdict: 'VALID', failed: null });
  });

  it('counts a picture once, however often it is shown, and looks at the face instead', async () => {
    const reportOf = async (name: string) => {
      const { rules, faceChecks } = await platform.call<Report>('GET', `/v1/sessions/${outcomeOf(name).client.joined?.sessionId}/report`);
      return { codes: rules.flatMap(({ findings }) => findings.map(({ code }) => code)), reasons: faceChecks.map(({ reason }) => reason) };
    };
    const again = await reportOf('one picture shown again and again');
    expect(again.codes).toEqual(expect.arrayContaining(['R6_REPLAY', 'R6_SNAPSHOT_MISSED']));
    expect(again.reasons).toContain('SNAPSHOT_FAILED');
    const honest = await reportOf('honest');
    expect(honest.codes.filter((code) => /_REPLAY$|_MISSED$|_CAMERA_/.test(code))).toEqual([]);
    expect(honest.reasons).not.toContain('SNAPSHOT_FAILED');
  });

  it.each([
    ['double speed', 'R1', /^R1_(RATE_EXCEEDED|POSITION_JUMP)$/],
    ['jump ahead', 'R1', /^R1_POSITION_JUMP$/],
    ['seek while paused', 'R1', /^R1_FORWARD_SEEK$/],
    ['hidden play', 'R2', /^R2_BACKGROUND_PLAY$/],
    ['picture in picture', 'R2', /^R2_PIP_PLAY$/],
    ['no face check', 'R4', /^R4_NOT_PERFORMED$/],
    ['another person', 'R4', /^R4_MISMATCH$/],
    ['a still photo', 'R4', /^R4_LIVENESS_FAILED$/],
    ['covered camera', 'R6', /^R6_NO_SNAPSHOT$/],
    ['no pictures', 'R6', /^R6_NO_SNAPSHOT$/],
    ['random bytes as pictures', 'R6', /^R6_NO_SNAPSHOT$/],
    ['stranger in the pictures', 'R6', /^R6_NO_SNAPSHOT$/],
  ])('is INVALID with its own code: %s', async (name, rule, code) => {
    const { session, closed } = outcomeOf(name);
    expect(session).toMatchObject({ verdict: 'INVALID', failed: { rule, code: expect.stringMatching(code) } });
    expect(closed).toMatchObject({ reason: 'VERDICT', verdict: 'INVALID', rule, code: session.failed?.code });
  });

  it('opens a new attempt after an invalid one, and the old one stays', async () => {
    const { client, session } = outcomeOf('jump ahead');
    expect(session.verdict).toBe('INVALID');
    const enrolmentId = await stack.one<{ enrolment_id: string }>('select enrolment_id from study_session where id = $1', [client.joined?.sessionId]);
    const again = await platform.open(enrolmentId.enrolment_id, lessons[0]!);
    expect(again).toMatchObject({ attempt: 2, isResumed: false });
    expect(again.sessionId).not.toBe(client.joined?.sessionId);
  });

  it('refuses the second lesson before the first, and names the first', async () => {
    const { enrolmentId } = await aTrainee();
    const refused = await platform.open(enrolmentId, lessons[1]!).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusedError);
    expect((refused as RefusedError).problem).toMatchObject({ status: 409, code: 'R5_OUT_OF_ORDER', lessonToDoFirst: { lessonId: lessons[0], position: 1 } });
  });

  it('refuses to finish what is not watched, whatever is claimed', async () => {
    const { opened } = await aTrainee();
    const client = stack.study(opened, LESSON_MS, owner);
    await client.join();
    expect(await client.finish()).toMatchObject({ ok: false, error: { code: 'SESSION_NOT_COMPLETE' } });
    expect(await platform.session(opened.sessionId)).toMatchObject({ verdict: 'INCOMPLETE' });
    client.close();
  });

  describe('places', () => {
    it('refuses a second socket with the same token, and lets the trainee take over by choice', async () => {
      const { opened } = await aTrainee();
      const [first, second] = [stack.study(opened, LESSON_MS, owner), stack.study(opened, LESSON_MS, owner)];
      expect(await first.join()).toMatchObject({ ok: true });
      expect(await second.join()).toMatchObject({ ok: false, error: { code: 'R2_ATTEMPT_BLOCKED' } });
      expect(await second.join(true)).toMatchObject({ ok: true });
      expect(await first.waitClosed(5_000)).toMatchObject({ reason: 'TAKEN_OVER' });
      expect(await first.beat()).toMatchObject({ ok: false, error: { code: 'LEASE_LOST' } });
      [first, second].forEach((client) => client.close());
    });

    it('is INVALID when the first place goes on playing after the second has taken over', async () => {
      const { opened } = await aTrainee();
      const [first, second] = [stack.study(opened, LESSON_MS, owner), stack.study(opened, LESSON_MS, owner)];
      await first.join();
      await second.join(true);
      for (let round = 0; round < 8 && second.closed === null; round += 1) {
        await first.beat({ state: 'PLAYING' });
        await sleep(1_000);
      }
      expect(await second.waitClosed(5_000)).toMatchObject({ verdict: 'INVALID', rule: 'R2', code: 'R2_CONCURRENT_PLAY' });
      [first, second].forEach((client) => client.close());
    });

    it('holds the same person on another platform and course, so that only one place can earn', async () => {
      const other = await stack.platform('another platform');
      const idNumber = anIdNumber();
      const open = async (at: PlatformClient): Promise<OpenedSession> => {
        const course = await at.createCourse([{ durationMs: LESSON_MS }]);
        return at.open(await at.enrol(await at.createTrainee(owner.neutral[0]!, { idNumber }), course.courseId), course.lessonIds[0]!);
      };
      const [here, there] = [stack.study(await open(platform), LESSON_MS, owner), stack.study(await open(other), LESSON_MS, owner)];
      await here.join();
      expect(await there.join()).toMatchObject({ ok: true });
      expect(await here.waitClosed(5_000)).toMatchObject({ reason: 'TAKEN_OVER' });
      expect(await here.beat()).toMatchObject({ ok: false, error: { code: 'LEASE_LOST' } });
      [here, there].forEach((client) => client.close());
    });
  });

  describe('beats', () => {
    const joined = async (): Promise<StudyClient> => {
      const client = stack.study((await aTrainee()).opened, LESSON_MS, owner);
      await client.join();
      return client;
    };
    const codeOf = (answer: Ack<object>): string | null => (answer.ok ? null : answer.error.code);

    it('are refused with a nonce that was not handed out, a gap in the sequence, and before joining', async () => {
      const client = await joined();
      expect(codeOf(await client.beat({ nonce: '0'.repeat(32) }))).toBe('NONCE_INVALID');
      expect(codeOf(await client.beat({ seq: 5 }))).toBe('SEQUENCE_GAP');
      expect(codeOf(await client.beat())).toBeNull();
      const stranger = stack.study((await aTrainee()).opened, LESSON_MS, owner);
      await stranger.connect();
      expect(codeOf(await stranger.beat({ nonce: '0'.repeat(32) }))).toBe('NOT_JOINED');
      [client, stranger].forEach((each) => each.close());
    });

    it('sent twice are acknowledged twice and counted once', async () => {
      const client = await joined();
      const sent = await client.beat();
      expect(sent).toMatchObject({ ok: true });
      expect(await client.beat({ seq: 1 })).toEqual(sent);
      const { count } = await stack.one<{ count: string }>(
        `select count(*) from journal_entry where session_id = $1 and type = 'beat.received'`, [client.joined?.sessionId]);
      expect(Number(count)).toBe(1);
      client.close();
    });

    it.each([
      ['an unknown field', { verdict: 'VALID' }],
      ['a negative position', { positionMs: -1 }],
      ['a position that is no number', { positionMs: 'end' }],
      ['nothing', null],
      ['a list', []],
    ])('are refused when they carry %s', async (_what, changes) => {
      const client = await joined();
      const message = changes === null || Array.isArray(changes) ? changes : { ...aBeat(), ...changes };
      expect(codeOf(await client.ask('playback.beat', message))).toBe('VALIDATION_FAILED');
      client.close();
    });
  });

  it('refuses a picture that is too large with its own code, and the session goes on', async () => {
    const { opened } = await aTrainee();
    const client = stack.study(opened, LESSON_MS, owner, () => Buffer.alloc(2_500_000, 1));
    await client.join();
    await client.play();
    const request = await client.waitFor<{ snapshotId: string; nonce: string }>('snapshot.request', PATIENCE_MS);
    const { snapshotId, nonce } = request;
    expect(codeOfAny(await client.ask('snapshot.submit', { snapshotId, nonce, image: Buffer.alloc(2_500_000, 1) }))).toBe('IMAGE_TOO_LARGE');
    expect(await client.ask('snapshot.submit', { snapshotId, nonce, image: owner.neutral[0]! })).toMatchObject({ ok: true });
    client.close();
  }, PATIENCE_MS);

  it('refuses a token that is not one', async () => {
    const { opened } = await aTrainee();
    const client = stack.study({ ...opened, token: `${opened.token.slice(0, -4)}AAAA` }, LESSON_MS, owner);
    await expect(client.connect()).rejects.toMatchObject({ data: { code: 'TOKEN_INVALID' } });
  });
});

interface Report {
  readonly rules: readonly { readonly findings: readonly { readonly code: string }[] }[];
  readonly faceChecks: readonly { readonly reason: string }[];
}

const codeOfAny = (answer: Ack<object>): string | null => (answer.ok ? null : answer.error.code);

const aBeat = () => ({
  seq: 1, nonce: '0'.repeat(32), positionMs: 0, rate: 1, state: 'PAUSED', clientMonoMs: 1, clientWallAt: 1, visible: true, pictureInPicture: false,
});
