/** Face checks on the wire: what the server tells, when, and what it takes. No face is judged here. */
import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Ack, BurstTaken, ClientToServerEvents, Joined, LivenessAct, LivenessBurst, LivenessPrompt, LivenessRequest, ServerToClientEvents } from '@xuejian/protocol';
import { LIMITS } from '@xuejian/protocol';
import { io, type Socket } from 'socket.io-client';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { CONFIG, type Config } from '../../src/config/config.js';
import type { SessionEvent } from '../../src/rules/event.js';
import { NANYANG } from '../../src/rules/testing/nanyang-policy.js';
import { minutes } from '../../src/rules/testing/opening.js';
import { type SessionSetup, aSession } from '../../src/rules/testing/story.js';
import { Journal } from '../../src/sessions/journal.js';
import { SessionRegistry } from '../../src/sessions/session-registry.js';
import { issueToken } from '../../src/sessions/session-token.js';
import { SessionsRepository } from '../../src/sessions/sessions.repository.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { aConfig } from '../support/config.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type Enrolled, newEnrolled, newTenant, storeSession, type Tenant } from '../support/past-session.js';
import { SEED } from '../support/sample-report.js';

let database: TestDatabase;
let api: TestApi;
let config: Config;
let tenant: Tenant;
let enrolled: Enrolled;
let attempt = 0;
let page: Page;

/** A page at the level of the wire that sends what it is told to. */
class Page {
  readonly heard: string[] = [];
  private readonly socket: Socket<ServerToClientEvents, ClientToServerEvents>;

  constructor(readonly sessionId: string) {
    const token = issueToken(config, sessionId, 1, Date.now());
    this.socket = io(`${api.url}/study`, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    this.socket.onAny((...message: unknown[]) => this.heard.push(JSON.stringify(message)));
  }

  async join(instanceId = randomBytes(12).toString('hex')): Promise<LivenessRequest | null> {
    const answer = await this.ask<Joined>('session.join', {
      protocol: 1, instanceId, deviceId: 'device-0001', clientNonce: 'a0'.repeat(16), clientMonoMs: performance.now(), clientWallAt: Date.now(), takeover: true, sdk: 'test',
      environment: { userAgent: 'test', camera: 'Integrated Camera', screenExtended: null },
    });
    if (!answer.ok) throw new Error(answer.error.code);
    this.heard.push(JSON.stringify(answer));
    return answer.pending.liveness;
  }

  burst(of: Pick<LivenessBurst, 'checkId' | 'nonce' | 'step'>, frames = framesNow()): Promise<Ack<BurstTaken>> {
    return this.ask<BurstTaken>('liveness.burst', { ...of, frames });
  }

  ask<A extends object>(event: keyof ClientToServerEvents, message: unknown): Promise<Ack<A>> {
    return this.socket.timeout(10_000).emitWithAck(event, message as never) as unknown as Promise<Ack<A>>;
  }

  close(): void {
    this.socket.disconnect();
  }
}

const framesNow = (count = 3, bytes = 100): LivenessBurst['frames'] => {
  const from = performance.now();
  return Array.from({ length: count }, (_, index) => ({ clientMonoMs: from + index / 100, image: randomBytes(bytes) }));
};
const refusalOf = (answer: Ack<object>): string | null => (answer.ok ? null : answer.error.code);
const promptIn = (answer: Ack<BurstTaken>): LivenessPrompt => {
  if (!answer.ok || answer.next === null) throw new Error(`no act was told: ${JSON.stringify(answer)}`);
  return answer.next;
};
const open = async () => (await api.app.get(SessionRegistry, { strict: false }).get(page.sessionId)).opened;
const journal = async (): Promise<readonly SessionEvent[]> => {
  const { openedAt } = (await api.app.get(SessionsRepository, { strict: false }).find(page.sessionId))!;
  const entries = await api.app.get(Journal, { strict: false }).load({ sessionId: page.sessionId, openedDay: openedAt.toISOString().slice(0, 10) });
  return entries.map(({ event }) => event);
};

async function aPage(setup: SessionSetup = {}): Promise<Page> {
  const id = uuidv7();
  const { journal: opening } = aSession({ at: Date.now(), sessionId: id, durationMs: minutes(8), faceChecks: [], snapshots: [], ...setup });
  attempt += 1;
  await storeSession(api.app, tenant, enrolled, { id, openedAt: new Date(), verdict: 'INCOMPLETE', journal: opening, attempt, personKey: randomUUID() });
  await api.app.get(DataSource).query('update study_session set seed_sealed = $1 where id = $2', [api.app.get(SessionsRepository, { strict: false }).sealSeed(id, SEED), id]);
  return new Page(id);
}

/** Takes the check up to the given step; the answer is the prompt of that step. */
async function upTo(step: number, { checkId, nonce }: LivenessRequest): Promise<LivenessPrompt> {
  let prompt = promptIn(await page.burst({ checkId, nonce, step: 0 }));
  while (prompt.step < step) prompt = promptIn(await page.burst({ checkId, nonce: prompt.nonce, step: prompt.step }));
  return prompt;
}

beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi(aConfig({ databaseUrl: database.url }));
  config = api.app.get<Config>(CONFIG, { strict: false });
  tenant = await newTenant(api.app, api.url, '活体平台');
  enrolled = await newEnrolled(tenant);
}, 60_000);
afterAll(async () => {
  await api?.close();
  await database.close();
  await rm(config.dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  page = await aPage();
});
afterEach(() => page.close());

describe('a face check on the wire', () => {
  it('tells one act after another, each with a nonce of its own, and no act before its time', async () => {
    const request = (await page.join())!;
    expect(request).toMatchObject({ variant: 'STANDARD', acts: 3, actWindowMs: NANYANG.face.actWindowMs, transferMs: NANYANG.face.transferMs, attempt: 1 });
    expect(page.heard.join()).not.toMatch(/BLINK|OPEN_MOUTH|TURN_LEFT|TURN_RIGHT|"NOD"|LEAN_IN/);
    const { checkId } = request;
    const acts: LivenessAct[] = [];
    const nonces = [request.nonce];
    for (let step = 1; step <= 3; step += 1) {
      const prompt = promptIn(await page.burst({ checkId, nonce: nonces.at(-1)!, step: step - 1 }));
      expect(prompt.step).toBe(step);
      acts.push(prompt.act);
      nonces.push(prompt.nonce);
      // The journal knows what was told and nothing of what comes.
      expect((await journal()).flatMap((event) => (event.type === 'liveness.prompted' ? [event.act] : []))).toEqual(acts);
    }
    expect(await page.burst({ checkId, nonce: nonces.at(-1)!, step: 3 })).toEqual({ ok: true, next: null });
    expect([new Set(nonces).size, acts.some((act, index) => act === acts[index - 1])]).toEqual([4, false]);
    expect((await journal()).at(-1)).toMatchObject({ type: 'liveness.received', checkId, frames: 12, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await api.app.get(DataSource).query('select acts, status from check_task where id = $1', [checkId])).toEqual([{ acts, status: 'QUEUED' }]);
    expect(await api.app.get(DataSource).query('select step, count(*)::int from capture_frame where check_id = $1 group by step order by step', [checkId])).toEqual(
      [0, 1, 2, 3].map((step) => ({ step, count: 3 })),
    );
  });

  it('refuses frames out of order, twice, and with the nonce of another step, and goes on undisturbed', async () => {
    const request = (await page.join())!;
    const { checkId, nonce } = request;
    expect(refusalOf(await page.burst({ checkId, nonce, step: 1 }))).toBe('LIVENESS_OUT_OF_ORDER');
    expect(refusalOf(await page.burst({ checkId, nonce: '0'.repeat(32), step: 0 }))).toBe('LIVENESS_OUT_OF_ORDER');
    const prompt = await upTo(1, request);
    expect(refusalOf(await page.burst({ checkId, nonce, step: 0 }))).toBe('LIVENESS_OUT_OF_ORDER');
    expect(refusalOf(await page.burst({ checkId, nonce, step: 1 }))).toBe('LIVENESS_OUT_OF_ORDER');
    expect(refusalOf(await page.burst({ checkId, nonce: prompt.nonce, step: 2 }))).toBe('LIVENESS_OUT_OF_ORDER');
    expect(refusalOf(await page.burst({ checkId: randomUUID(), nonce: prompt.nonce, step: 1 }))).toBe('LIVENESS_UNKNOWN');
    expect(promptIn(await page.burst({ checkId, nonce: prompt.nonce, step: 1 })).step).toBe(2);
  });

  it('refuses frames that are too large, none, or cannot have been taken as they say', async () => {
    const { checkId, nonce } = (await page.join())!;
    const of = { checkId, nonce, step: 0 };
    expect(refusalOf(await page.burst(of, framesNow(1, LIMITS.frameBytes + 1)))).toBe('IMAGE_TOO_LARGE');
    expect(refusalOf(await page.burst(of, framesNow(9, LIMITS.frameBytes)))).toBe('IMAGE_TOO_LARGE');
    expect(refusalOf(await page.burst(of, []))).toBe('VALIDATION_FAILED');
    const [frame] = framesNow(1);
    expect(refusalOf(await page.burst(of, [frame!, frame!]))).toBe('FRAMES_IMPLAUSIBLE');
    expect(promptIn(await page.burst(of)).step).toBe(1);
  });

  it('takes nothing that came after its time', async () => {
    const request = (await page.join())!;
    const { checkId } = request;
    const { nonce } = await upTo(1, request);
    const runner = await api.app.get(SessionRegistry, { strict: false }).get(page.sessionId);
    // The same instant as the deadline is in time; the runner's clock is the server's.
    const { deadlineAt } = runner.opened.slices.R4.open as { readonly deadlineAt: number };
    runner.now = () => deadlineAt + 1;
    expect(refusalOf(await page.burst({ checkId, nonce, step: 1 }))).toBe('TOO_LATE');
    runner.now = () => deadlineAt;
    expect(promptIn(await page.burst({ checkId, nonce, step: 1 })).step).toBe(2);
  });

  it('is asked afresh with another nonce after a reload in the middle: nothing of the old one is taken, no try is lost', async () => {
    const first = (await page.join())!;
    const prompt = await upTo(2, first);
    const again = (await page.join())!;
    expect([again.checkId === first.checkId, again.nonce === first.nonce, again.attempt]).toEqual([false, false, 1]);
    expect(refusalOf(await page.burst({ checkId: first.checkId, nonce: prompt.nonce, step: 2 }))).toBe('LIVENESS_UNKNOWN');
    expect((await upTo(1, again)).step).toBe(1);
    expect((await open()).slices.R4).toMatchObject({ failedTries: 0, interruptions: 1 });
  });

  it('asks a trainee entitled to it for fewer acts, none of which needs the eyes or a turn of the head', async () => {
    page.close();
    page = await aPage({ isAccessible: true });
    const request = (await page.join())!;
    expect(request).toMatchObject({ variant: 'ACCESSIBLE', acts: 2, actWindowMs: NANYANG.face.accessibleActWindowMs });
    const { act } = await upTo(1, request);
    const second = await upTo(2, (await page.join())!);
    for (const told of [act, second.act]) expect(['OPEN_MOUTH', 'NOD', 'LEAN_IN']).toContain(told);
    expect((await journal()).find(({ type }) => type === 'liveness.requested')).toMatchObject({ demand: { variant: 'ACCESSIBLE', acts: 2 } });
  });
});

describe('more frames than a burst may hold', () => {
  it('end the connection before any of them is read', async () => {
    const { checkId, nonce } = (await page.join())!;
    await expect(page.burst({ checkId, nonce, step: 0 }, framesNow(LIMITS.framesPerBurst + 1))).rejects.toThrow('disconnected');
    expect((await open()).slices.R4.failedTries).toBe(0);
  });
});

describe('asking for people on the wire', () => {
  it('holds play for them, is journaled once, and ends the machine’s check', async () => {
    const { checkId, nonce } = (await page.join())!;
    expect(await page.ask('alternative.request', { reason: 'CANNOT_DO_ACTS' })).toEqual({ ok: true });
    expect(await page.ask('alternative.request', { reason: 'NO_CAMERA' })).toEqual({ ok: true });
    expect((await open()).holds).toEqual(['ALTERNATIVE']);
    expect((await journal()).flatMap((event) => (event.type === 'alternative.requested' ? [event.reason] : []))).toEqual(['CANNOT_DO_ACTS']);
    expect(refusalOf(await page.burst({ checkId, nonce, step: 0 }))).toBe('LIVENESS_UNKNOWN');
    expect(await page.ask('session.finish', {})).toMatchObject({ ok: true, verdict: 'PENDING_REVIEW' });
  });

  it('is refused for reasons that are none', async () => {
    await page.join();
    expect(refusalOf(await page.ask('alternative.request', { reason: 'TIRED' }))).toBe('VALIDATION_FAILED');
    expect(refusalOf(await page.ask('session.finish', {}))).toBe('SESSION_NOT_COMPLETE');
  });
});
