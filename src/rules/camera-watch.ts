/** R4: which camera the trainee is seen by. What the page says of it leads to holds, looks and face checks, never to a verdict. */
import { cameraState } from './camera.js';
import { cameraDoubt } from './camera-tells.js';
import type { WindowReported } from './event.js';
import { askAfresh } from './face-alternative.js';
import { demandOf } from './face-check.js';
import { oweFaceCheck } from './face-occasion.js';
import { finding } from './finding.js';
import type { LivenessMatchSlice } from './liveness-match.js';
import type { Applied, RuleContext } from './rule.js';

/** The camera that was reported last. */
export interface SeenCamera {
  readonly label: string;
  /** The browser's name for the device, or null where it gives none. */
  readonly id: string | null;
  readonly doubt: number;
}

type Watched = Applied<LivenessMatchSlice>;

export function takeCameraReport(slice: LivenessMatchSlice, { kind, detail }: WindowReported, context: RuleContext): Watched {
  switch (kind) {
    case 'CAMERA_LOST':
      return { slice: { ...slice, camera: 'LOST' }, findings: [finding('R4_CAMERA_LOST', context.at, context.seq)] };
    case 'CAMERA_BACK':
      return isAnother(slice, detail) ? lookAgain(slice, detail, context) : lookAtCamera(slice, labelIn(detail), context);
    case 'CAMERA_CHANGED':
      return lookAgain(slice, detail, context);
    case 'CAMERA_OBSERVED':
      return observe(slice, detail, context);
    default:
      return { slice };
  }
}

/** Looks at what the camera is called. One that may feed made-up pictures is not asked for any; nobody is accused yet. */
export function lookAtCamera(slice: LivenessMatchSlice, label: string | null, { policy, at, seq }: RuleContext): Watched {
  const camera = policy.face.required ? cameraState(label, policy) : 'USABLE';
  const asked = camera === 'USABLE' && slice.asked === 'NO_CAMERA' ? null : slice.asked;
  if (camera === slice.camera || camera === 'USABLE') return { slice: { ...slice, camera, asked } };
  const code = camera === 'SUSPECT' ? 'R4_VIRTUAL_CAMERA' : 'R4_NO_CAMERA';
  return { slice: { ...askAfresh(slice), camera }, findings: [finding(code, at, seq, { camera: label })] };
}

/** Another lens may see another person: who sits there is checked again. */
function lookAgain(slice: LivenessMatchSlice, detail: WindowReported['detail'], context: RuleContext): Watched {
  const looked = lookAtCamera(slice, labelIn(detail), context);
  return { ...looked, slice: oweFaceCheck(looked.slice, 'DOUBT', context.policy) };
}

/** What the page has measured of its camera, once its pictures run. */
function observe(slice: LivenessMatchSlice, detail: WindowReported['detail'], context: RuleContext): Watched {
  const { policy, opened, at, seq } = context;
  const looked = isAnother(slice, detail) ? lookAgain(slice, detail, context) : lookAtCamera(slice, labelIn(detail), context);
  const { tells, score } = cameraDoubt(detail);
  const seen: SeenCamera = { label: labelIn(detail), id: idIn(detail), doubt: score };
  const next = { ...looked.slice, seen };
  const findings = looked.findings ?? [];
  if (looked.slice.camera === 'USABLE' && policy.face.required && isTooSmall(detail, policy.camera.minPixels)) {
    const small = finding('R4_CAMERA_TOO_SMALL', at, seq, { width: detail['width'] ?? null, height: detail['height'] ?? null, minPixels: policy.camera.minPixels });
    return { slice: { ...askAfresh(next), camera: 'SMALL' }, findings: slice.camera === 'SMALL' ? findings : [...findings, small] };
  }
  // Told once for a camera, and again when it shows more.
  const isNews = score > (isAnother(slice, detail) ? 0 : (slice.seen?.doubt ?? 0));
  if (score < policy.camera.doubtScore || !isNews) return { slice: next, findings };
  const doubted = { ...next, demand: demandOf(policy, opened.isAccessible, true) };
  const doubt = finding('R4_CAMERA_DOUBT', at, seq, { camera: seen.label, score, tells: tells.join(' ') });
  return { slice: oweFaceCheck(doubted, 'DOUBT', policy), findings: [...findings, doubt] };
}

const labelIn = ({ camera }: WindowReported['detail']): string => (typeof camera === 'string' ? camera : '');
const idIn = ({ cameraId }: WindowReported['detail']): string | null => (typeof cameraId === 'string' ? cameraId : null);

function isAnother({ seen }: LivenessMatchSlice, detail: WindowReported['detail']): boolean {
  return seen !== null && (seen.label !== labelIn(detail) || seen.id !== idIn(detail));
}

const isTooSmall = ({ width, height }: WindowReported['detail'], minPixels: number): boolean =>
  typeof width === 'number' && typeof height === 'number' && width * height < minPixels;
