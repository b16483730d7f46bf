import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { commitmentOf } from '@xuejian/protocol';
import { v7 as uuidv7 } from 'uuid';
import { Problem } from '../common/problem.js';
import { CONFIG, type Config } from '../config/config.js';
import { chainEntries, GENESIS_HASH } from '../evidence/proof/chain.js';
import { operatingPointOf } from '../faces/operating-point.js';
import { ReferenceFaceService } from '../faces/reference-face.service.js';
import { ConsentService, SESSION_CONSENTS } from '../identity/consent.service.js';
import { PoliciesService } from '../policies/policies.service.js';
import type { LoadedPolicy } from '../policies/profiles.js';
import { ReviewCases } from '../review/review-cases.js';
import { accountOf, type SessionAccount } from '../rules/account.js';
import type { AlternativeReason, SessionEvent, SessionOpened } from '../rules/event.js';
import type { Policy } from '../rules/policy.js';
import type { LiveSession, ClosedSession } from '../rules/state.js';
import { isSettled } from '../rules/programme/attempts.js';
import { replay } from '../rules/step.js';
import { failureOf } from '../rules/verdict.js';
import { viewOf } from '../rules/view.js';
import { type TrainingFacts, TrainingService } from '../training/training.service.js';
import { Journal } from './journal.js';
import type { StudySessionEntity } from './session.entity.js';
import { issueToken } from './session-token.js';
import type { OpenedSession, OpenSession, SessionAnswer } from './sessions.schemas.js';
import { SessionsRepository } from './sessions.repository.js';

/** Opening, resuming and looking at sessions: the door at which rule 5, consents and the reference face are asked for. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly journal: Journal,
    private readonly training: TrainingService,
    private readonly consents: ConsentService,
    private readonly references: ReferenceFaceService,
    private readonly policies: PoliciesService,
    private readonly cases: ReviewCases,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Opens a lesson, or an unfinished session of it where it stood; after an invalid one, a new attempt.
   * @throws Problem 409 with the reason why not
   */
  async open(platformId: string, enrolmentId: string, lessonId: string, wanted: OpenSession['alternative'] | null = null): Promise<OpenedSession> {
    const facts = await this.training.factsFor(platformId, enrolmentId, lessonId);
    const policy = await this.policies.get(facts.enrolment.policyId, facts.enrolment.policyVersion);
    const alternative = await this.alternativeFor(facts.trainee.id, policy.policy, wanted ?? null);
    const attempts = await this.sessions.attemptsOf(enrolmentId);
    const predecessors = predecessorsOf(facts, attempts);
    requireOrder(policy, facts, predecessors);
    const own = attempts.filter((attempt) => attempt.lessonId === lessonId);
    if (own.some(isCompleted)) {
      throw new Problem(409, 'LESSON_ALREADY_COMPLETED', '本节已学完 / This lesson is already completed');
    }
    const unfinished = own.find(({ closedAt }) => closedAt === null);
    const row = unfinished ?? (await this.create(platformId, facts, policy, predecessors, attempts, alternative));
    const generation = await this.sessions.nextGeneration(row.id);
    return {
      sessionId: row.id,
      token: issueToken(this.config, row.id, generation, Date.now()),
      socketUrl: `${this.config.publicUrl}/study`,
      commitment: row.commitment,
      policy: { id: policy.policy.id, version: policy.policy.version, hash: policy.hash },
      attempt: row.attempt,
      isResumed: unfinished !== undefined,
    };
  }

  /** @throws Problem 404 */
  async require(platformId: string, id: string): Promise<StudySessionEntity> {
    const row = await this.sessions.findOf(platformId, id);
    if (row === null) throw new Problem(404, 'NOT_FOUND', '没有这次学习 / There is no such session');
    return row;
  }

  /** The session as its journal says it stands. */
  async get(platformId: string, id: string): Promise<SessionAnswer> {
    const row = await this.require(platformId, id);
    const state = await this.stateOf(row);
    const view = viewOf(state);
    if (view === null) throw new Error(`session ${id} has no journal`);
    const failed = failureOf(state);
    const { status, verdict, holds, creditedMs, durationMs, frontierMs, coverage, lights } = view;
    return {
      sessionId: id,
      enrolmentId: row.enrolmentId,
      lessonId: row.lessonId,
      traineeId: row.traineeId,
      attempt: row.attempt,
      openedAt: row.openedAt.toISOString(),
      closedAt: state.status === 'closed' ? new Date(state.closedAt).toISOString() : null,
      status,
      verdict,
      failed: failed === null ? null : { rule: failed.rule, code: failed.code },
      holds: [...holds],
      creditedMs,
      durationMs,
      frontierMs,
      coverage: coverage.map(([from, to]) => [from, to]),
      lights: lights.map((light) => ({ ...light })),
      review: await this.cases.standingOf(id),
    };
  }

  /** What the session brings to class hours: as its row has it once closed, otherwise as its journal says. */
  async accountOf(row: StudySessionEntity): Promise<SessionAccount> {
    return row.closedAt !== null && row.account !== null ? row.account : accountOf(await this.stateOf(row));
  }

  private async stateOf(row: StudySessionEntity): Promise<LiveSession | ClosedSession> {
    const entries = await this.journal.load({ sessionId: row.id, openedDay: row.openedDay });
    const state = replay(entries.map(({ event }) => event));
    if (state.status === 'unopened') throw new Error(`session ${row.id} has no journal`);
    return state;
  }

  /**
   * How the trainee is checked: by the face (null), or by people, which a policy with an alternative route owes to who
   * refuses face processing or has no camera.
   */
  private async alternativeFor(traineeId: string, { face }: Policy, wanted: AlternativeReason | null): Promise<AlternativeReason | null> {
    const ways = face.required ? face.alternative : [];
    const purpose = await this.consents.firstMissing(traineeId, SESSION_CONSENTS);
    if (purpose !== null) {
      if (wanted !== null && ways.length > 0 && purpose !== 'GUARDIAN') return 'REFUSES_FACE';
      const message = '学员尚未单独同意人脸核验和影像留存；不同意者可选择人工核验 / The trainee has not consented; a check by people can be chosen instead';
      throw new Problem(409, 'CONSENT_REFUSED', message, { purpose, alternative: ways });
    }
    if (wanted !== null && ways.length > 0) return wanted;
    if ((await this.references.activeFor(traineeId)) !== null) return null;
    throw new Problem(409, 'REFERENCE_FACE_MISSING', '请先采集基准人脸 / Take the reference face first', { alternative: ways });
  }

  private async referenceOf(traineeId: string): Promise<Pick<SessionOpened, 'reference'>> {
    const active = await this.references.activeFor(traineeId);
    if (active === null) return {};
    const { id: operatingPoint, maxDistance, maxFmr } = operatingPointOf(active.photos);
    return { reference: { version: active.version, photos: active.photos, operatingPoint, maxDistance, maxFmr, models: active.descriptorSpace } };
  }

  private async create(
    platformId: string,
    facts: TrainingFacts,
    loaded: LoadedPolicy,
    predecessors: SessionOpened['predecessors'],
    attempts: readonly StudySessionEntity[],
    alternative: AlternativeReason | null,
  ): Promise<StudySessionEntity> {
    const openedAt = new Date();
    const seed = randomBytes(32);
    const id = uuidv7();
    const commitment = commitmentOf({ seed, sessionId: id, policyIdHash: Buffer.from(loaded.idHash, 'hex') });
    const row: StudySessionEntity = {
      id,
      platformId,
      enrolmentId: facts.enrolment.id,
      lessonId: facts.lesson.id,
      traineeId: facts.trainee.id,
      personKey: facts.trainee.personKey,
      attempt: 1 + Math.max(0, ...attempts.filter(({ lessonId }) => lessonId === facts.lesson.id).map(({ attempt }) => attempt)),
      openedDay: openedAt.toISOString().slice(0, 10),
      openedAt,
      closedAt: null,
      verdict: 'INCOMPLETE',
      failedRule: null,
      reasonCode: null,
      creditedMs: 0,
      account: null,
      popupClockMs: 0,
      commitment,
      seedSealed: this.sessions.sealSeed(id, seed),
      tokenGeneration: 0,
    };
    const opened: SessionOpened = {
      type: 'session.opened',
      at: openedAt.getTime(),
      sessionId: id,
      traineeRef: facts.trainee.id,
      courseId: facts.course.id,
      courseType: facts.course.courseType,
      syllabusVersion: facts.enrolment.syllabusVersion,
      currentSyllabusVersion: facts.course.syllabusVersion,
      enrolmentId: facts.enrolment.id,
      attempt: row.attempt,
      ...supersededBy(facts, attempts),
      lesson: {
        lessonId: facts.lesson.id,
        position: facts.lesson.position,
        title: facts.lesson.title,
        durationMs: facts.lesson.durationMs,
        videoSha256: facts.lesson.videoSha256,
      },
      ...approvalOf(facts.lesson, loaded.policy, openedAt.getTime()),
      predecessors,
      policy: loaded.policy,
      policyHash: loaded.hash,
      commitment,
      popupClockMs: attempts[0]?.popupClockMs ?? 0,
      isAccessible: facts.trainee.isAccessible,
      ...(await this.referenceOf(facts.trainee.id)),
      ...(facts.enrolment.isTwinDeclared ? { isTwinDeclared: true } : {}),
      ...(alternative === 'REFUSES_FACE' ? { consent: 'REFUSED' as const } : {}),
    };
    const asked: readonly SessionEvent[] = alternative === null ? [] : [{ type: 'alternative.requested', at: opened.at, reason: alternative }];
    await this.journal.prepareDay(row.openedDay);
    // The journal comes first: a row without one could not be opened, one without a row is never looked for.
    await this.journal.append({ sessionId: id, openedDay: row.openedDay }, chainEntries<SessionEvent>(0, GENESIS_HASH, [opened, ...asked]), null);
    await this.sessions.insert(row);
    return row;
  }
}

/** Clause C-11 is about new videos; an approval that comes after the opening is none yet. */
function approvalOf({ isNewVideo, videoApproval }: TrainingFacts['lesson'], { platform }: Policy, openedAt: number): Pick<SessionOpened, 'video'> {
  if (!isNewVideo) return {};
  const inForce = videoApproval !== null && Date.parse(videoApproval.approvedAt) <= openedAt ? videoApproval : null;
  return { video: { approvedSha256s: inForce?.approvedSha256s ?? [], approvalRef: inForce?.ref ?? null, isRequired: platform.requireVideoApproval } };
}

/** Where findings void single class hours, a valid session may have some to make up. A review comes first. */
const isCompleted = ({ verdict, account }: StudySessionEntity): boolean =>
  verdict === 'PENDING_REVIEW' || (verdict === 'VALID' && (account === null || isSettled(account)));

function predecessorsOf({ lesson, lessons }: TrainingFacts, attempts: readonly StudySessionEntity[]): SessionOpened['predecessors'] {
  const completed = new Set(attempts.filter(({ verdict }) => verdict === 'VALID').map(({ lessonId }) => lessonId));
  return lessons.filter(({ position }) => position < lesson.position).map(({ id, position }) => ({ lessonId: id, position, isCompleted: completed.has(id) }));
}

/** The last attempt at this lesson, which did not count: otherwise the door would not have opened. */
function supersededBy({ lesson }: TrainingFacts, attempts: readonly StudySessionEntity[]): Pick<SessionOpened, 'supersedes'> {
  const last = attempts.find(({ lessonId }) => lessonId === lesson.id);
  return last === undefined ? {} : { supersedes: last.id };
}

function requireOrder({ policy }: LoadedPolicy, { course, lessons }: TrainingFacts, predecessors: SessionOpened['predecessors']): void {
  const applies = policy.sequence.scope === 'ALL' || (policy.sequence.scope === 'PROFESSIONAL' && course.courseType === 'PROFESSIONAL');
  const missing = applies ? predecessors.find(({ isCompleted }) => !isCompleted) : undefined;
  if (missing === undefined) return;
  const title = lessons.find(({ id }) => id === missing.lessonId)?.title ?? '';
  throw new Problem(409, 'R5_OUT_OF_ORDER', `请先学完第 ${missing.position} 节《${title}》 / Complete lesson ${missing.position} first`, {
    lessonToDoFirst: { lessonId: missing.lessonId, position: missing.position, title },
  });
}
