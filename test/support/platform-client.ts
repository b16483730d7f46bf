import { createHash, randomInt, randomUUID } from 'node:crypto';
import { consentTextFor } from '../../src/identity/consent-texts.js';

/** A refusal as the REST interface words it. */
export interface ProblemAnswer {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [fact: string]: unknown;
}

export class RefusedError extends Error {
  constructor(readonly problem: ProblemAnswer) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
  }
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly token: string;
  readonly socketUrl: string;
  readonly attempt: number;
  readonly isResumed: boolean;
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** A possible number of a resident ID (invented person). */
export function anIdNumber(): string {
  const body = `411303${randomInt(1960, 2000)}0${randomInt(1, 10)}${randomInt(10, 28)}${String(randomInt(1000)).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return `${body}${'10X98765432'[sum % 11] ?? ''}`;
}

/** What a training platform does over REST, with its key. */
export class PlatformClient {
  constructor(private readonly baseUrl: string, private readonly key: string) {}

  async call<T>(method: string, path: string, body?: unknown, type = 'application/json'): Promise<T> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new RefusedError(JSON.parse(text) as ProblemAnswer);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async createCourse(lessons: readonly { readonly durationMs: number }[], policyId = 'demo', courseType = 'PROFESSIONAL'): Promise<{ courseId: string; lessonIds: string[] }> {
    const course = await this.call<{ courseId: string; lessons: { lessonId: string }[] }>('POST', '/v1/courses', {
      title: '电工安全',
      courseType,
      policyId,
      lessons: lessons.map(({ durationMs }, index) => ({
        title: `第 ${index + 1} 节`,
        durationMs,
        videoUrl: `/media/${index + 1}.webm`,
        videoSha256: createHash('sha256').update(String(index)).digest('hex'),
      })),
    });
    return { courseId: course.courseId, lessonIds: course.lessons.map(({ lessonId }) => lessonId) };
  }

  /** A trainee with all consents and a reference face. */
  async createTrainee(face: Buffer, fields: { readonly idNumber?: string; readonly isAccessible?: boolean } = {}): Promise<string> {
    const { traineeId } = await this.call<{ traineeId: string }>('POST', '/v1/trainees', {
      externalRef: randomUUID(), name: '王小明', idNumber: anIdNumber(), ...fields,
    });
    await this.consent(traineeId);
    await this.call('PUT', `/v1/trainees/${traineeId}/reference-face`, face, 'image/jpeg');
    return traineeId;
  }

  consent(traineeId: string): Promise<unknown> {
    const purposes = ['FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER'] as const;
    const consents = purposes.map((purpose) => ({ purpose, textHash: consentTextFor(purpose, 'zh-CN').textHash, channel: 'WEB' }));
    return this.call('POST', `/v1/trainees/${traineeId}/consents`, { consents });
  }

  async enrol(traineeId: string, courseId: string): Promise<string> {
    const { enrolmentId } = await this.call<{ enrolmentId: string }>('POST', '/v1/enrolments', { traineeId, courseId });
    return enrolmentId;
  }

  open(enrolmentId: string, lessonId: string): Promise<OpenedSession> {
    return this.call('POST', '/v1/sessions', { enrolmentId, lessonId });
  }

  /** The evidence bundle, asked for until it is made. */
  async evidence(sessionId: string, patienceMs: number): Promise<string> {
    const signal = AbortSignal.timeout(patienceMs);
    for (;;) {
      const response = await fetch(`${this.baseUrl}/v1/sessions/${sessionId}/evidence`, { headers: { authorization: `Bearer ${this.key}` }, signal });
      const text = await response.text();
      if (response.ok) return text;
      const problem = JSON.parse(text) as ProblemAnswer;
      if (problem.code !== 'EVIDENCE_PENDING') throw new RefusedError(problem);
    }
  }

  session(sessionId: string): Promise<{ readonly sessionId: string; readonly verdict: string; readonly failed: { readonly rule: string; readonly code: string } | null; readonly creditedMs: number; readonly status: string }> {
    return this.call('GET', `/v1/sessions/${sessionId}`);
  }
}
