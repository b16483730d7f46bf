/** Runtime schemas of the client's messages (server side only: the SDK may not import this module). */
import { z } from 'zod';
import type {
  AlternativeRequest,
  LivenessBurst,
  PlaybackBeat,
  PopupAnswer,
  SessionFinish,
  SessionJoin,
  SnapshotSubmit,
  WindowReport,
  WindowReportKind,
} from './events.js';
import { LIMITS } from './limits.js';

const token = (min: number, max: number) => z.string().min(min).max(max).regex(/^[A-Za-z0-9_-]+$/);
const monoMs = z.number().finite().min(0).max(1e12);
const wallMs = z.number().int().min(0).max(1e14);
const positionMs = z.number().finite().min(0).max(864e5);
const nonce = z.string().regex(/^[0-9a-f]{32}$/);

/** Accepts Node's Buffer and any Uint8Array; the size is judged later, with a code of its own (`IMAGE_TOO_LARGE`). */
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, { message: 'expected bytes' });

export const sessionJoinSchema: z.ZodType<SessionJoin> = z.strictObject({
  protocol: z.literal(1),
  instanceId: token(16, 64),
  deviceId: token(8, 64),
  clientNonce: nonce,
  clientMonoMs: monoMs,
  clientWallAt: wallMs,
  takeover: z.boolean(),
  sdk: z.string().max(64),
  environment: z.strictObject({
    userAgent: z.string().max(LIMITS.textChars),
    camera: z.string().max(200).nullable(),
    screenExtended: z.boolean().nullable(),
  }),
});

export const playbackBeatSchema: z.ZodType<PlaybackBeat> = z.strictObject({
  seq: z.number().int().min(1).max(1e7),
  nonce,
  positionMs,
  rate: z.number().finite().min(0).max(100),
  state: z.enum(['PLAYING', 'PAUSED', 'ENDED']),
  clientMonoMs: monoMs,
  clientWallAt: wallMs,
  visible: z.boolean(),
  pictureInPicture: z.boolean(),
});

const windowReportKinds = [
  'HIDDEN', 'VISIBLE', 'FOCUS_LOST', 'FOCUS_GAINED', 'PIP_ENTERED', 'PIP_LEFT', 'PIP_BLOCKED', 'SEEK_BLOCKED',
  'RATE_BLOCKED', 'SECOND_TAB_BLOCKED', 'CAMERA_LOST', 'CAMERA_BACK', 'CAMERA_CHANGED', 'CAMERA_OBSERVED', 'REVIEW_MODE_ON', 'REVIEW_MODE_OFF', 'TRAINEE_RETURNED',
] as const satisfies readonly WindowReportKind[];

export const windowReportSchema: z.ZodType<WindowReport> = z.strictObject({
  kind: z.enum(windowReportKinds),
  clientMonoMs: monoMs,
  detail: z
    .record(z.string().max(40), z.union([z.string().max(200), z.number().finite(), z.boolean(), z.null()]))
    .refine((detail) => Object.keys(detail).length <= 12, { message: 'at most 12 details' })
    .optional(),
});

export const popupAnswerSchema: z.ZodType<PopupAnswer> = z.strictObject({
  popupId: z.uuid(),
  answer: z.string().max(64),
  elapsedMs: z.number().finite().min(0).max(864e5),
  trusted: z.boolean(),
});

export const snapshotSubmitSchema: z.ZodType<SnapshotSubmit> = z.strictObject({
  snapshotId: z.uuid(),
  nonce,
  image: bytes.nullable(),
});

export const livenessBurstSchema: z.ZodType<LivenessBurst> = z.strictObject({
  checkId: z.uuid(),
  nonce,
  step: z.number().int().min(0).max(8),
  frames: z.array(z.strictObject({ clientMonoMs: monoMs, image: bytes })).min(1).max(LIMITS.framesPerBurst),
});

export const alternativeRequestSchema: z.ZodType<AlternativeRequest> = z.strictObject({
  reason: z.enum(['CANNOT_DO_ACTS', 'NO_CAMERA', 'REFUSES_FACE']),
});

export const sessionFinishSchema: z.ZodType<SessionFinish> = z.strictObject({});
