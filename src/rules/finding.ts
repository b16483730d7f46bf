import type { RuleId } from './types.js';

export type Attribution = 'TRAINEE_CONDUCT' | 'PLATFORM_CONTROL' | 'ENVIRONMENT' | 'UNKNOWN';
export type Effect =
  | 'RECORD_ONLY'
  | 'WITHHOLD_INTERVAL'
  | 'REVIEW'
  | 'INVALIDATE_CLASS_HOUR'
  | 'INVALIDATE_SESSION'
  | 'INVALIDATE_ENROLMENT'
  /** A control was switched off: every class hour run without it is void, and the platform is referred. */
  | 'REFER_PLATFORM'
  /** The training is not recognised at all (clause C-11). */
  | 'NOT_RECOGNISED';

/** A fact established from the journal, with the effect the policy gives it. */
export interface Finding {
  readonly rule: RuleId | null;
  readonly code: FindingCode;
  readonly effect: Effect;
  readonly attribution: Attribution;
  readonly at: number;
  /** Sequence number of the journal entry that established it: the evidence. */
  readonly seq: number;
  /** Measured values behind it, with units in their names. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

interface FindingKind {
  readonly rule: RuleId | null;
  readonly effect: Effect;
  readonly attribution: Attribution;
  readonly zh: string;
  readonly en: string;
}

/** Every reason code: its rule, its effect under the default scope, whose sphere it lies in, and plain words. */
export const FINDING_KINDS = {
  R1_ATTEMPT_BLOCKED: { rule: 'R1', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '快进或倍速已被阻止', en: 'Fast-forward was prevented' },
  R1_RATE_EXCEEDED: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '播放速度超过允许的倍速', en: 'Played faster than the allowed rate' },
  R1_FORWARD_SEEK: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '跳过了尚未学习的内容', en: 'Content not yet watched was skipped' },
  R1_POSITION_JUMP: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '播放位置增长快于真实时间', en: 'The position grew faster than real time' },
  R1_WALLCLOCK_DEFICIT: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '未学满课程时长即报告学完', en: 'Completion was claimed before the lesson was watched' },
  R2_ATTEMPT_BLOCKED: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '第二个学习窗口已被阻止', en: 'A second place of study was prevented' },
  LEASE_TRANSFERRED: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '学习已转移到另一窗口或设备', en: 'Study moved to another window or device' },
  R2_CONCURRENT_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '同一学员在多个窗口或设备同时播放', en: 'The same person played in several places at once' },
  R2_BACKGROUND_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '页面隐藏后课程仍在播放', en: 'Play went on while the page was hidden' },
  R2_PIP_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '以画中画窗口播放课程', en: 'Play went on in picture-in-picture' },
  VISIBILITY_PAUSE: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '页面隐藏，播放已暂停', en: 'Page hidden, play paused' },
  FOCUS_LOST: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '窗口失去焦点(仍可见)', en: 'Window lost focus, still visible' },
  R3_MISSED: { rule: 'R3', effect: 'WITHHOLD_INTERVAL', attribution: 'TRAINEE_CONDUCT', zh: '弹窗未在时限内回答，相应时段不计学时', en: 'Popup not answered in time; the interval earns no credit' },
  R3_POPUP_UNANSWERED: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '未回答的弹窗超过允许次数', en: 'More popups missed than allowed' },
  R3_POPUP_GAP: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'PLATFORM_CONTROL', zh: '连续学习超过五分钟没有弹窗管控', en: 'More than five minutes of study without a popup' },
  R3_POPUP_UNENFORCED: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '弹窗未回答而课程继续播放', en: 'Play went on under an unanswered popup' },
  R3_POPUP_AUTOMATED: { rule: 'R3', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '弹窗回答疑似由程序完成', en: 'A popup answer looks automated' },
  R4_NOT_PERFORMED: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '未完成人脸活体比对而继续播放', en: 'Play went on without the face check' },
  R4_LIVENESS_FAILED: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '多次活体检测未通过', en: 'Liveness failed in every allowed try' },
  R4_MISMATCH: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '人脸与学员本人不符', en: 'The face is not the trainee’s' },
  R4_TRY_FAILED: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '一次人脸核验未通过', en: 'One face check try did not pass' },
  R4_CHECK_UNANSWERED: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '人脸核验未在时限内进行，播放保持暂停', en: 'Face check not taken in time; play stays held' },
  R4_CAMERA_LOST: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '摄像头中断，播放已暂停', en: 'Camera lost, play paused' },
  R4_PROVIDER_DOWN: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '人脸核验服务暂不可用，期间不计学时', en: 'The face service was unavailable; no credit meanwhile' },
  R5_OUT_OF_ORDER: { rule: 'R5', effect: 'INVALIDATE_SESSION', attribution: 'PLATFORM_CONTROL', zh: '未按内容先后顺序学习', en: 'Lessons were taken out of order' },
  R6_RETRIED: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '抓拍不合格，补拍合格', en: 'A snapshot was retaken and qualified' },
  R6_SNAPSHOT_MISSED: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '一次抓拍及补拍均不合格', en: 'A snapshot and its retry did not qualify' },
  R6_MULTIPLE_FACES: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '抓拍中出现多人', en: 'More than one face in a snapshot' },
  R6_NO_SNAPSHOT: { rule: 'R6', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '课时内没有合格的随机影像照片', en: 'No qualifying random snapshot in the class hour' },
  R6_FACE_ABSENT: { rule: 'R6', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '抓拍时学员均不在画面中', en: 'Nobody in view at the snapshots' },
  R6_UNDECIDED: { rule: 'R6', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '课时内抓拍均无法自动判定，需人工复核', en: 'No snapshot of the class hour could be decided by machine; a human has to look' },
  CLOCK_SKEW: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '客户端时钟与服务器不一致', en: 'Client clock differs from the server' },
  OFFLINE_STOP: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '网络中断，超过宽限的时间不计学时', en: 'Connection lost; no credit beyond the grace' },
  IDLE_CLOSED: { rule: null, effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '长时间未学习，学习已挂起，可继续', en: 'Idle: suspended, can be resumed' },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDING_KINDS;

/** Builds a finding with what its code says about rule, effect and attribution. */
export function finding(code: FindingCode, at: number, seq: number, detail: Finding['detail'] = {}): Finding {
  const { rule, effect, attribution } = FINDING_KINDS[code];
  return { rule, code, effect, attribution, at, seq, detail };
}
