/** Popups, face checks and snapshots of a session: what was asked, what came, and how it was judged. */
import { judgeLiveness } from '../rules/liveness-outcome.js';
import type { LivenessMeasurement, LivenessPrompted, LivenessReceived, LivenessRequested } from '../rules/event.js';
import type { Policy } from '../rules/policy.js';
import { iso, positionAt, type Step, stepsWith } from './journal-steps.js';
import type { ReportFaceCheck, ReportPopup, ReportSnapshot, Words } from './report-parts.schema.js';
import { LIVENESS_FAILURE_WORDS, SNAPSHOT_FAILURE_WORDS } from './words.js';

/** What is known of a kept picture outside the journal. */
export type PictureState = 'PRESENT' | 'ERASED' | 'PURGED' | 'MISSING' | 'DAMAGED';
export type PictureStates = ReadonlyMap<string, PictureState>;

const OPEN: Words = { zh: '会话停在此处，未及判定', en: 'Not judged before the session stood still' };
const AGAIN: Words = { zh: '连接中断，重新要求', en: 'Connection lost: asked again' };

/** The step that takes a request off the table, or undefined while it lies there. */
function closing(steps: readonly Step[], from: Step, isOpen: (state: Step['after']) => boolean): Step | undefined {
  if (!isOpen(from.after)) return from;
  for (let index = from.index + 1; index < steps.length; index += 1) {
    const entry = steps[index];
    if (entry !== undefined && !isOpen(entry.after)) return entry;
  }
  return undefined;
}

/** The first of each key: what comes again under an id changes nothing. */
const firstBy = <T>(entries: readonly T[], keyOf: (entry: T) => string): ReadonlyMap<string, T> =>
  new Map([...entries].reverse().map((entry) => [keyOf(entry), entry]));

function allBy<T>(entries: readonly T[], keyOf: (entry: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group === undefined) groups.set(keyOf(entry), [entry]);
    else group.push(entry);
  }
  return groups;
}

export function popupsOf(steps: readonly Step[]): ReportPopup[] {
  const last = steps.at(-1)?.after;
  const answersTo = allBy(stepsWith(steps, 'popup.answered'), ({ event }) => event.popupId);
  return stepsWith(steps, 'popup.issued').map((issued): ReportPopup => {
    const { event, seq } = issued;
    const end = closing(steps, issued, (state) => state.slices.R3.open?.popupId === event.popupId);
    const answers = (answersTo.get(event.popupId) ?? []).filter(({ index }) => index <= (end?.index ?? Infinity));
    const outcome = popupOutcome(end);
    const final = outcome === 'ANSWERED' ? answers.at(-1) : undefined;
    return {
      seq,
      popupId: event.popupId,
      index: event.index,
      kind: event.kind,
      gapDrawnMs: event.index === null ? null : (last?.schedule?.popupGaps[event.index] ?? null),
      positionMs: positionAt(last?.ledger.runs ?? [], event.at),
      issuedAt: iso(event.at),
      answeredAt: final === undefined ? null : iso(final.event.at),
      outcome,
      answerMs: final === undefined ? null : final.event.at - event.at,
      wrongAnswers: answers.length - (final === undefined ? 0 : 1),
      trusted: final?.event.trusted ?? null,
    };
  });
}

function popupOutcome(end: Step | undefined): ReportPopup['outcome'] {
  const before = end?.before?.slices.R3;
  if (end === undefined || before === undefined) return 'OPEN';
  const after = end.after.slices.R3;
  if (after.answered > before.answered) return 'ANSWERED';
  return after.missed > before.missed ? 'MISSED' : 'SHOWN_AGAIN';
}

export function faceChecksOf(steps: readonly Step[], policy: Policy, pictures: PictureStates): ReportFaceCheck[] {
  const last = steps.at(-1)?.after;
  const receivedBy = firstBy(stepsWith(steps, 'liveness.received'), ({ event }) => event.checkId);
  const judgedBy = firstBy(stepsWith(steps, 'liveness.judged'), ({ event }) => event.checkId);
  const prompts = allBy(stepsWith(steps, 'liveness.prompted'), ({ event }) => event.checkId);
  return stepsWith(steps, 'liveness.requested').map((requested): ReportFaceCheck => {
    const { event, seq } = requested;
    const end = closing(steps, requested, (state) => state.slices.R4.open?.checkId === event.checkId);
    const received = receivedBy.get(event.checkId);
    const judged = judgedBy.get(event.checkId);
    const measurement = judged?.event.measurement ?? null;
    const imageId = judged?.event.imageId ?? null;
    return {
      seq,
      checkId: event.checkId,
      reason: event.reason,
      part: event.part,
      scheduledMs: event.reason === 'RANDOM' ? (last?.schedule?.faceChecks[(requested.before?.slices.R4.nextRandom ?? 0) - 1]?.atMs ?? null) : null,
      attempt: event.attempt,
      variant: event.demand?.variant ?? 'STANDARD',
      acts: actsOf(event, prompts.get(event.checkId) ?? [], received, measurement),
      passiveScore: measurement?.passive?.score ?? null,
      positionMs: positionAt(last?.ledger.runs ?? [], event.at),
      requestedAt: iso(event.at),
      receivedAt: received === undefined ? null : iso(received.event.at),
      judgedAt: judged === undefined ? null : iso(judged.event.at),
      judgedSeq: judged?.seq ?? null,
      ...faceOutcome(end, policy),
      distance: measurement?.distances[policy.face.minMatchedFrames - 1] ?? measurement?.distances[0] ?? null,
      threshold: policy.face.matchDistance,
      fmr: last?.opened.reference?.maxFmr ?? null,
      frames: measurement?.frames ?? received?.event.frames ?? null,
      matchedFrames: measurement === null ? null : measurement.distances.filter((distance) => distance <= policy.face.matchDistance).length,
      spread: measurement?.spread ?? null,
      framesDigest: received?.event.digest ?? null,
      engine: judged?.event.engine ?? null,
      imageId,
      storage: storageOf(imageId, pictures),
    };
  });
}

/** Each act with when it was told and when its frames had come: when the next one was told, or the last frames. */
function actsOf(
  { acts = [] }: LivenessRequested,
  prompts: readonly { readonly event: LivenessPrompted }[],
  received: { readonly event: LivenessReceived } | undefined,
  measurement: LivenessMeasurement | null,
): ReportFaceCheck['acts'] {
  const seen = (index: number): boolean | null => measurement?.acts[index]?.seen ?? null;
  // Journals of 0.1 name the acts in the request and tell of no times.
  if (prompts.length === 0) return acts.map((act, index) => ({ act, toldAt: null, receivedAt: null, seen: seen(index) }));
  return prompts.map(({ event: { act, at } }, index) => {
    const cameAt = prompts[index + 1]?.event.at ?? received?.event.at;
    return { act, toldAt: iso(at), receivedAt: cameAt === undefined ? null : iso(cameAt), seen: seen(index) };
  });
}

function faceOutcome(end: Step | undefined, policy: Policy): Pick<ReportFaceCheck, 'outcome' | 'failure' | 'words'> {
  if (end === undefined) return { outcome: 'OPEN', failure: null, words: OPEN };
  switch (end.event.type) {
    case 'liveness.judged': {
      const judged = judgeLiveness(end.event.measurement, policy, end.before?.slices.R4.open?.demand.acts);
      if (judged.passed) return { outcome: 'PASSED', failure: null, words: { zh: '活体与本人比对均通过', en: 'Live and the same person' } };
      return { outcome: 'FAILED', failure: judged.failure, words: LIVENESS_FAILURE_WORDS[judged.failure] };
    }
    case 'check.failed':
      return { outcome: 'PROVIDER_DOWN', failure: null, words: { zh: '核验服务故障，不计学员次数', en: 'The service failed; no try was spent' } };
    case 'connection.joined':
      return { outcome: 'ASKED_AGAIN', failure: null, words: AGAIN };
    default: {
      const lost = end.after.slices.R4.lastFailure;
      // The try ended where no burst was judged: an act that was told did not come, or was cut off too often.
      if (lost !== null && end.after.slices.R4.failedTries > (end.before?.slices.R4.failedTries ?? 0)) return { outcome: 'FAILED', failure: lost, words: LIVENESS_FAILURE_WORDS[lost] };
      return isLeftAlone(end)
        ? { outcome: 'UNANSWERED', failure: null, words: { zh: '未在时限内进行，播放保持暂停', en: 'Not taken in time; play stayed held' } }
        : { outcome: 'ASKED_AGAIN', failure: null, words: AGAIN };
    }
  }
}

/** The time ran out while the trainee could be reached; the finding for it is made once only. */
function isLeftAlone({ before, after }: Step): boolean {
  const isOver = after.at >= (before?.slices.R4.open?.deadlineAt ?? Infinity);
  return isOver && after.place !== null && after.place.lostAt === null && !after.isOffline;
}

export function snapshotsOf(steps: readonly Step[], policy: Policy, pictures: PictureStates, isSealed: boolean): ReportSnapshot[] {
  const last = steps.at(-1)?.after;
  const scheduled = last?.schedule?.snapshots ?? [];
  const requested = stepsWith(steps, 'snapshot.requested');
  const receivedBy = firstBy(stepsWith(steps, 'snapshot.received'), ({ event }) => event.snapshotId);
  const judgedBy = firstBy(stepsWith(steps, 'snapshot.judged'), ({ event }) => event.snapshotId);
  const rows = requested.map((request): ReportSnapshot => {
    const { event, seq } = request;
    const end = closing(steps, request, (state) => state.slices.R6.open?.snapshotId === event.snapshotId);
    const received = receivedBy.get(event.snapshotId);
    const judged = judgedBy.get(event.snapshotId);
    const imageId = judged?.event.imageId ?? null;
    return {
      ...nothingCaptured(policy, event.index, event.part, scheduled[event.index]?.atMs ?? 0),
      seq,
      snapshotId: event.snapshotId,
      isRetry: event.isRetry,
      positionMs: positionAt(last?.ledger.runs ?? [], event.at),
      requestedAt: iso(event.at),
      receivedAt: received === undefined ? null : iso(received.event.at),
      delayMs: received === undefined ? null : received.event.at - event.at,
      judgedAt: judged === undefined ? null : iso(judged.event.at),
      judgedSeq: judged?.seq ?? null,
      ...snapshotOutcome(end),
      digest: received?.event.digest ?? null,
      bytes: received?.event.bytes ?? null,
      faceCount: judged?.event.measurement.faceCount ?? null,
      distance: judged?.event.measurement.distance ?? null,
      luminance: judged?.event.measurement.luminance ?? null,
      sharpness: judged?.event.measurement.sharpness ?? null,
      engine: judged?.event.engine ?? null,
      imageId,
      storage: storageOf(imageId, pictures),
    };
  });
  // What is still to come stays secret until the seed is revealed.
  if (!isSealed) return rows;
  const asked = new Set(requested.map(({ event }) => event.index));
  const rest = scheduled.flatMap(({ part, atMs }, index) => (asked.has(index) ? [] : [nothingCaptured(policy, index, part, atMs)]));
  return [...rows, ...rest];
}

function snapshotOutcome(end: Step | undefined): Pick<ReportSnapshot, 'outcome' | 'failure' | 'words'> {
  const before = end?.before?.slices.R6;
  if (end === undefined || before === undefined) return { outcome: 'OPEN', failure: null, words: OPEN };
  const after = end.after.slices.R6;
  if (after.qualifying.length > before.qualifying.length) {
    return { outcome: 'QUALIFIED', failure: null, words: { zh: '合格：本人一人，已留存', en: 'Qualifies: the trainee alone, retained' } };
  }
  const failed = after.failures.length > before.failures.length ? after.failures.at(-1) : undefined;
  if (failed === undefined) return { outcome: 'ASKED_AGAIN', failure: null, words: putBackWords(end) };
  return { outcome: 'FAILED', failure: failed.failure, words: SNAPSHOT_FAILURE_WORDS[failed.failure] };
}

function putBackWords({ event }: Step): Words {
  if (event.type === 'snapshot.judged') return { zh: '照片未能保存，重新要求', en: 'The picture could not be kept: asked again' };
  return event.type === 'check.failed' ? { zh: '判定服务故障，重新要求', en: 'The service failed: asked again' } : AGAIN;
}

const nothingCaptured = (policy: Policy, index: number, part: number, scheduledMs: number): ReportSnapshot => ({
  seq: null, snapshotId: null, index, part, isRetry: false, scheduledMs, positionMs: null, requestedAt: null, receivedAt: null,
  delayMs: null, judgedAt: null, judgedSeq: null, outcome: 'NOT_REACHED', failure: null,
  words: { zh: '会话终止前尚未到此时刻', en: 'The session ended before this instant came' },
  digest: null, bytes: null, faceCount: null, distance: null, threshold: policy.face.matchDistance, luminance: null, sharpness: null,
  engine: null, imageId: null, storage: 'NONE',
});

/** A picture counts as present only when somebody saw it. */
const storageOf = (imageId: string | null, pictures: PictureStates): ReportSnapshot['storage'] =>
  imageId === null ? 'NONE' : (pictures.get(imageId) ?? 'MISSING');
