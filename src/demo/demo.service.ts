import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Problem } from '../common/problem.js';
import { CONFIG, type Config } from '../config/config.js';
import type { DemoConsents } from './demo.schemas.js';
import { DemoSessions } from './demo-sessions.js';
import { readTenant, type DemoCourse, type DemoLesson, type DemoTenant, type DemoTrainee } from './demo-tenant.js';

/** An answer of the product's REST API, handed on as it came. */
export interface Relayed {
  readonly status: number;
  readonly contentType: string;
  /** A page brings its own policy for what it may load. */
  readonly contentSecurityPolicy: string | null;
  readonly body: Buffer;
}

interface SessionFacts {
  readonly sessionId: string;
  readonly status: string;
  readonly verdict: string;
  readonly creditedMs: number;
}

type LessonStatus = 'LOCKED' | 'OPEN' | 'UNFINISHED' | 'FAILED' | 'COMPLETED';

const COMPLETED = ['VALID', 'PENDING_REVIEW'];
const TIMEOUT_MS = 30_000;

/**
 * The server of the sample platform. It holds the platform's key and talks to the product as every platform does: over
 * `/v1`. It knows no other tenant than its own.
 */
@Injectable()
export class DemoService {
  private readonly sessions: DemoSessions;
  private tenant: DemoTenant | null = null;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.sessions = new DemoSessions(config.dataDir);
  }

  /** Courses with the state of each lesson for one trainee, and the consents given. */
  async overview(traineeRef: string | undefined) {
    const { trainees, courses } = this.demoTenant();
    const trainee = traineeRef === undefined ? trainees[0] : this.trainee(traineeRef);
    if (!trainee) throw notFound();
    const facts = await this.sessionFacts(trainee);
    const consents = await this.json<{ consents: { purpose: string; withdrawnAt: string | null }[] }>(`/v1/trainees/${trainee.traineeId}/consents`);
    return {
      trainee: { ref: trainee.ref, name: trainee.name },
      trainees: trainees.map(({ ref, name }) => ({ ref, name })),
      consents: consents.consents.filter(({ withdrawnAt }) => withdrawnAt === null).map(({ purpose }) => purpose),
      courses: courses.map((course) => ({
        ref: course.ref,
        title: { zh: course.title, en: course.titleEn },
        policyId: course.policyId,
        lessons: lessonsWithStatus(course, facts),
      })),
    };
  }

  giveConsents(traineeRef: string, consents: DemoConsents['consents']): Promise<Relayed> {
    const json = { consents: consents.map((consent) => ({ ...consent, channel: 'WEB' })) };
    return this.relay(`/v1/trainees/${this.trainee(traineeRef).traineeId}/consents`, { method: 'POST', json });
  }

  putReferenceFace(traineeRef: string, contentType: string, image: Buffer): Promise<Relayed> {
    return this.relay(`/v1/trainees/${this.trainee(traineeRef).traineeId}/reference-face`, { method: 'PUT', contentType, bytes: image });
  }

  async openSession(traineeRef: string, lessonId: string): Promise<Relayed> {
    const trainee = this.trainee(traineeRef);
    const course = this.demoTenant().courses.find(({ lessons }) => lessons.some((lesson) => lesson.lessonId === lessonId));
    const enrolmentId = course?.enrolments[trainee.ref];
    if (enrolmentId === undefined) throw notFound();
    const answer = await this.relay('/v1/sessions', { method: 'POST', json: { enrolmentId, lessonId } });
    if (answer.status === 201) {
      const { sessionId } = JSON.parse(answer.body.toString('utf8')) as { sessionId: string };
      this.sessions.add({ sessionId, traineeRef, lessonId });
    }
    return answer;
  }

  session(sessionId: string): Promise<Relayed> {
    return this.relay(`/v1/sessions/${this.ownSession(sessionId)}`);
  }

  /** The report as JSON or as a page, whichever the browser asks for. */
  report(sessionId: string, accept: string): Promise<Relayed> {
    return this.relay(`/v1/sessions/${this.ownSession(sessionId)}/report`, { accept });
  }

  private async sessionFacts(trainee: DemoTrainee): Promise<ReadonlyMap<string, readonly SessionFacts[]>> {
    const records = this.sessions.of(trainee.ref);
    const facts = await Promise.all(
      records.map(async ({ lessonId, sessionId }) => ({ lessonId, facts: await this.factsOf(sessionId) })),
    );
    const byLesson = new Map<string, SessionFacts[]>();
    for (const { lessonId, facts: found } of facts) {
      if (found) byLesson.set(lessonId, [...(byLesson.get(lessonId) ?? []), found]);
    }
    return byLesson;
  }

  /** `null` for a session of a database that is no more. */
  private async factsOf(sessionId: string): Promise<SessionFacts | null> {
    const answer = await this.relay(`/v1/sessions/${sessionId}`);
    return answer.status === 200 ? (JSON.parse(answer.body.toString('utf8')) as SessionFacts) : null;
  }

  private ownSession(sessionId: string): string {
    if (!this.sessions.has(sessionId)) throw notFound();
    return sessionId;
  }

  private trainee(ref: string): DemoTrainee {
    const trainee = this.demoTenant().trainees.find((candidate) => candidate.ref === ref);
    if (!trainee) throw notFound();
    return trainee;
  }

  private demoTenant(): DemoTenant {
    this.tenant ??= readTenant(this.config.dataDir);
    if (!this.tenant) throw new Problem(503, 'UNAVAILABLE', '示例数据尚未准备好 / The demo has not been seeded yet');
    return this.tenant;
  }

  private async json<T>(path: string): Promise<T> {
    const answer = await this.relay(path);
    if (answer.status !== 200) throw new Problem(502, 'UNAVAILABLE', `示例平台无法取得数据 / The demo platform could not read ${path}: ${answer.status}`);
    return JSON.parse(answer.body.toString('utf8')) as T;
  }

  private async relay(
    path: string,
    request: { method?: string; json?: object; contentType?: string; bytes?: Buffer; accept?: string } = {},
  ): Promise<Relayed> {
    const { method = 'GET', json, contentType = 'application/json', bytes, accept = 'application/json' } = request;
    const body = json ? JSON.stringify(json) : bytes && new Uint8Array(bytes);
    const response = await fetch(`${this.ownAddress()}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.demoTenant().key}`, accept, ...(body !== undefined && { 'content-type': contentType }) },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body }),
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? 'application/octet-stream',
      contentSecurityPolicy: response.headers.get('content-security-policy'),
      body: Buffer.from(await response.arrayBuffer()),
    };
  }

  /** Where this process listens: on one machine the platform and the product are the same process. */
  private ownAddress(): string {
    const { address, port } = (this.adapterHost.httpAdapter.getHttpServer() as Server).address() as AddressInfo;
    const reachable = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
    return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
  }
}

function lessonsWithStatus({ lessons }: DemoCourse, facts: ReadonlyMap<string, readonly SessionFacts[]>) {
  let isReached = true;
  return lessons.map((lesson: DemoLesson) => {
    const attempts = facts.get(lesson.lessonId) ?? [];
    const counted = attempts.find(({ verdict }) => COMPLETED.includes(verdict)) ?? attempts.at(-1);
    const status = statusOf(counted, isReached);
    isReached = status === 'COMPLETED';
    const { lessonId, position, durationMs, videoUrl, title, titleEn } = lesson;
    return {
      lessonId,
      position,
      title: { zh: title, en: titleEn },
      durationMs,
      videoUrl,
      status,
      attempts: attempts.length,
      sessionId: counted?.sessionId ?? null,
      verdict: counted?.verdict ?? null,
      creditedMs: counted?.creditedMs ?? 0,
    };
  });
}

function statusOf(session: SessionFacts | undefined, isReached: boolean): LessonStatus {
  if (session && COMPLETED.includes(session.verdict)) return 'COMPLETED';
  if (!isReached) return 'LOCKED';
  if (!session) return 'OPEN';
  return session.verdict === 'INCOMPLETE' ? 'UNFINISHED' : 'FAILED';
}

const notFound = (): Problem => new Problem(404, 'NOT_FOUND', '示例中没有这一项 / There is no such thing in the demo');
