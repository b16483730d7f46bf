/** Control attestation (P9): which controls were in force, since when, with which numbers, and what they were seen to do. */
import { controlsOff } from '../rules/controls.js';
import type { FindingCode } from '../rules/finding.js';
import { iso, type OpenedSession } from './journal-steps.js';
import type { Attestation, Words } from './report-parts.schema.js';

/** What the words of the notice ask of the popups, ms. */
const CLAUSE_MAX_GAP_MS = 300_000;

type Parameters = Attestation['parameters'];
type Line = Omit<Attestation, 'since' | 'meetsClause'> & { readonly sinceAt: number | null };

export function attestationOf(state: OpenedSession): Attestation[] {
  const lines = [fastForward(state), multiWindow(state), popups(state), faces(state), order(state), snapshots(state)];
  const off = controlsOff(state.opened);
  const isGapKept = state.opened.policy.popup.maxGapMs <= CLAUSE_MAX_GAP_MS;
  return lines.map(({ sinceAt, ...line }) => ({
    ...line,
    meetsClause: off.every(({ rule }) => rule !== line.rule) && (line.rule !== 'R3' || isGapKept),
    since: sinceAt === null || line.state !== 'IN_FORCE' ? null : iso(sinceAt),
  }));
}

const count = (state: OpenedSession, ...codes: readonly FindingCode[]): number => state.findings.filter(({ code }) => codes.includes(code)).length;
const inForce = (isOn: boolean): Attestation['state'] => (isOn ? 'IN_FORCE' : 'OFF');

/** Values of one section of the policy under their full names; what it does not set is left out. */
const parametersOf = <T extends object>(section: string, values: T, ...names: readonly (keyof T & string)[]): Parameters =>
  names.filter((name) => values[name] !== null).map((name) => {
    const value: unknown = values[name];
    return { name: `${section}.${name}`, value: typeof value === 'number' || typeof value === 'boolean' ? value : [value].flat().join(' ') };
  });

function fastForward(state: OpenedSession): Line {
  const { playback, completion } = state.opened.policy;
  const isOn = playback.forwardSeek === 'DENY';
  const blocked = count(state, 'R1_ATTEMPT_BLOCKED');
  return {
    rule: 'R1',
    control: { zh: '禁止向前拖动和倍速；播放进度由服务器按真实时间核算', en: 'No seeking ahead, no higher rate; the server checks progress against real time' },
    state: inForce(isOn),
    sinceAt: state.opened.at,
    parameters: [
      ...parametersOf('playback', playback, 'maxRate', 'forwardSeek', 'rewind', 'reviewModeFreeSpeed', 'errorMs', 'errorRatio'),
      ...parametersOf('completion', completion, 'minCoverage'),
    ],
    observed: { zh: `阻止快进或倍速 ${blocked} 次`, en: `${blocked} attempt(s) prevented` },
  };
}

function multiWindow(state: OpenedSession): Line {
  const { window, visibility } = state.opened.policy;
  const blocked = count(state, 'R2_ATTEMPT_BLOCKED');
  const moved = count(state, 'LEASE_TRANSFERRED');
  const hidden = count(state, 'VISIBILITY_PAUSE');
  return {
    rule: 'R2',
    control: { zh: '同一人同一时间只有一处可计学时；页面隐藏即暂停；禁止画中画', en: 'One place per person earns credit; play pauses when hidden; no picture-in-picture' },
    state: inForce(window.maxConcurrent === 1),
    sinceAt: state.opened.at,
    parameters: [
      ...parametersOf('window', window, 'maxConcurrent', 'strategy', 'scope', 'overlapToleranceMs'),
      ...parametersOf('visibility', visibility, 'onHidden', 'pip', 'toleranceMs'),
    ],
    observed: {
      zh: `阻止第二处学习 ${blocked} 次，转移 ${moved} 次，隐藏暂停 ${hidden} 次`,
      en: `${blocked} second place(s) prevented, ${moved} move(s), ${hidden} pause(s) while hidden`,
    },
  };
}

function popups(state: OpenedSession): Line {
  const { popup } = state.opened.policy;
  const { answered, missed } = state.slices.R3;
  return {
    rule: 'R3',
    control: { zh: '按承诺的随机时刻弹窗，须主动回答；未答即暂停并停止计时', en: 'Popups at committed random instants need an answer, else play is held and credit stops' },
    state: inForce(state.schedule !== null && popup.required),
    sinceAt: state.schedule?.at ?? null,
    parameters: parametersOf(
      'popup', popup, 'maxGapMs', 'scheduleMinMs', 'scheduleMaxMs', state.opened.isAccessible ? 'accessibleTimeoutMs' : 'responseTimeoutMs', 'maxMissed', 'pausePlayback', 'onTimeout', 'faceCheckCounts',
    ),
    observed: { zh: `回答 ${answered} 次，未答 ${missed} 次`, en: `${answered} answered, ${missed} missed` },
  };
}

function faces(state: OpenedSession): Line {
  const { face } = state.opened.policy;
  const { passed } = state.slices.R4;
  const failed = count(state, 'R4_TRY_FAILED');
  return {
    rule: 'R4',
    control: { zh: '开始时、每课时随机、长时间暂停后及更换设备时，由服务器作活体检测并与基准人脸比对', en: 'Liveness and 1:1 match judged on the server at the start, at random in every class hour, on resume and on another device' },
    state: inForce(face.required),
    sinceAt: state.opened.at,
    parameters: [
      ...parametersOf(
        'face', face, 'required', 'when', 'randomPerPart', 'maxIntervalMs', 'maxFmr', 'matchDistance', 'mismatchDistance', 'minMatchedFrames', 'acts',
        'attempts', 'lockoutAfter', 'mismatchesToFail', 'onFail', 'alternative', 'resumePauseMs',
      ),
      ...parametersOf('camera', state.opened.policy.camera, 'allowVirtual', 'allowPhoneAsWebcam'),
    ],
    observed: { zh: `通过 ${passed} 次，未通过 ${failed} 次`, en: `${passed} passed, ${failed} failed` },
  };
}

function order(state: OpenedSession): Line {
  const { opened } = state;
  const { scope } = opened.policy.sequence;
  const applies = scope === 'ALL' || opened.courseType === 'PROFESSIONAL';
  const done = opened.predecessors.filter(({ isCompleted }) => isCompleted).length;
  const observed: Words = { zh: `前置课节 ${opened.predecessors.length} 节，已学完 ${done} 节`, en: `${done} of ${opened.predecessors.length} earlier lesson(s) completed` };
  return {
    rule: 'R5',
    control: { zh: '前面的课节未学完，服务器拒绝开始本节', en: 'The server refuses to open a lesson before those ahead of it are completed' },
    state: applies ? inForce(scope !== 'NONE') : 'NOT_APPLICABLE',
    sinceAt: opened.at,
    parameters: parametersOf('sequence', opened.policy.sequence, 'scope', 'mode'),
    observed,
  };
}

function snapshots(state: OpenedSession): Line {
  const { snapshot } = state.opened.policy;
  const qualifying = state.slices.R6.qualifying.length;
  return {
    rule: 'R6',
    control: { zh: '每课时在承诺的随机时刻无提示抓拍，服务器判定后加密留存', en: 'Uncued snapshots at committed random instants of every class hour, judged on the server and kept encrypted' },
    state: inForce(state.schedule !== null && snapshot.minPerPart >= 1),
    sinceAt: state.schedule?.at ?? null,
    parameters: parametersOf(
      'snapshot', snapshot, 'minPerPart', 'scheduledPerPart', 'randomness', 'intervalMs', 'cue', 'maxDelayMs', 'retryWindowMs', 'minLuminance', 'minSharpness', 'minInterocularPx',
    ),
    observed: { zh: `合格照片 ${qualifying} 张`, en: `${qualifying} qualifying picture(s)` },
  };
}
