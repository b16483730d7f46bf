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

/** Something established from the journal. What follows from it is for the policy to say (`effects.ts`). */
export interface Fact {
  readonly rule: RuleId | null;
  readonly code: FindingCode;
  readonly attribution: Attribution;
  readonly at: number;
  /** Sequence number of the journal entry that established it: the evidence. */
  readonly seq: number;
  /** Measured values behind it, with units in their names. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
}

/** A fact with the effect that the session's policy gives it. */
export interface Finding extends Fact {
  readonly effect: Effect;
  /** The session's credited time when it was found, ms. */
  readonly creditedMs: number;
}

interface FindingKind {
  readonly rule: RuleId | null;
  readonly effect: Effect;
  readonly attribution: Attribution;
  readonly zh: string;
  readonly en: string;
}

/** Every reason code: its rule, its effect where a failed check voids the session, whose sphere it lies in, and plain words. */
export const FINDING_KINDS = {
  R1_ATTEMPT_BLOCKED: { rule: 'R1', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '快进或倍速已被阻止', en: 'Fast-forward was prevented' },
  R1_RATE_EXCEEDED: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '播放速度超过允许的倍速', en: 'Played faster than the allowed rate' },
  R1_FORWARD_SEEK: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '跳过了尚未学习的内容', en: 'Content not yet watched was skipped' },
  R1_POSITION_JUMP: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '播放位置增长快于真实时间', en: 'The position grew faster than real time' },
  R1_WALLCLOCK_DEFICIT: { rule: 'R1', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '未学满课程时长即报告学完', en: 'Completion was claimed before the lesson was watched' },
  R1_FF_ENABLED: { rule: 'R1', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略允许快进或倍速', en: 'The policy lets content be reached faster than real time' },
  R1_REWOUND: { rule: 'R1', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '回看已学内容，不重复计学时', en: 'Content already credited was watched again, without credit' },
  REVIEW_MODE: { rule: 'R1', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '学完后复习，不计学时', en: 'Watched again after completion, without credit' },
  R2_ATTEMPT_BLOCKED: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '第二个学习窗口已被阻止', en: 'A second place of study was prevented' },
  LEASE_TRANSFERRED: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '学习已转移到另一窗口或设备', en: 'Study moved to another window or device' },
  R2_CONCURRENT_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '同一学员在多个窗口或设备同时播放', en: 'The same person played in several places at once' },
  R2_LEASE_BYPASSED: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'PLATFORM_CONTROL', zh: '没有学习许可的窗口也被计入', en: 'A place without the lease was let in' },
  R2_BACKGROUND_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '页面隐藏后课程仍在播放', en: 'Play went on while the page was hidden' },
  R2_PIP_PLAY: { rule: 'R2', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '以画中画窗口播放课程', en: 'Play went on in picture-in-picture' },
  R2_MULTI_OPEN_ALLOWED: { rule: 'R2', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略允许多窗口、后台或画中画学习', en: 'The policy lets several windows, hidden pages or picture-in-picture study' },
  VISIBILITY_PAUSE: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '页面隐藏，播放已暂停', en: 'Page hidden, play paused' },
  PAGE_HIDDEN: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '页面隐藏；监管策略未要求暂停', en: 'Page hidden; the policy lets play go on' },
  FOCUS_LOST: { rule: 'R2', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '窗口失去焦点(仍可见)', en: 'Window lost focus, still visible' },
  R3_MISSED: { rule: 'R3', effect: 'WITHHOLD_INTERVAL', attribution: 'TRAINEE_CONDUCT', zh: '弹窗未在时限内回答，相应时段不计学时', en: 'Popup not answered in time; the interval earns no credit' },
  R3_POPUP_UNANSWERED: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '未回答的弹窗超过允许次数', en: 'More popups missed than allowed' },
  R3_POPUP_GAP: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'PLATFORM_CONTROL', zh: '连续学习超过五分钟没有弹窗管控', en: 'More than five minutes of study without a popup' },
  R3_POPUP_UNENFORCED: { rule: 'R3', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '弹窗未回答而课程继续播放', en: 'Play went on under an unanswered popup' },
  R3_POPUP_AUTOMATED: { rule: 'R3', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '弹窗回答疑似由程序完成', en: 'A popup answer looks automated' },
  R3_POPUP_DISABLED: { rule: 'R3', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略未启用有约束力的弹窗管控', en: 'The policy has no popup control with a consequence' },
  ACCESSIBLE_TIMEOUT: { rule: 'R3', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '在放宽的作答时限内回答', en: 'Answered within the longer time the trainee is entitled to' },
  R4_NOT_PERFORMED: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '未完成人脸活体比对而继续播放', en: 'Play went on without the face check' },
  R4_LIVENESS_FAILED: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '多次活体检测未通过', en: 'Liveness failed in every allowed try' },
  R4_MISMATCH: { rule: 'R4', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '人脸与学员本人不符', en: 'The face is not the trainee’s' },
  R4_TRY_FAILED: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '一次人脸核验未通过', en: 'One face check try did not pass' },
  R4_CHECK_UNANSWERED: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '人脸核验未在时限内进行，播放保持暂停', en: 'Face check not taken in time; play stays held' },
  R4_CAMERA_LOST: { rule: 'R4', effect: 'WITHHOLD_INTERVAL', attribution: 'UNKNOWN', zh: '摄像头中断，播放已暂停', en: 'Camera lost, play paused' },
  R4_PROVIDER_DOWN: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '人脸核验服务暂不可用，期间不计学时', en: 'The face service was unavailable; no credit meanwhile' },
  R4_NOT_REQUIRED: { rule: 'R4', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略未要求开始时和每课时的人脸活体比对', en: 'The policy does not ask for live face checks at the start and in every class hour' },
  R4_FACE_COVERED: { rule: 'R4', effect: 'WITHHOLD_INTERVAL', attribution: 'TRAINEE_CONDUCT', zh: '口鼻被遮住，期间不计学时', en: 'Mouth and nose covered; no credit meanwhile' },
  R4_NO_CAMERA: { rule: 'R4', effect: 'WITHHOLD_INTERVAL', attribution: 'ENVIRONMENT', zh: '没有摄像头，不能开始计时', en: 'No camera: no credit can be earned' },
  R4_VIRTUAL_CAMERA: { rule: 'R4', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '疑似虚拟摄像头，期间不计学时，需人工复核', en: 'The camera looks like a virtual one; no credit meanwhile, a human has to look' },
  R4_TRIES_EXHAUSTED: { rule: 'R4', effect: 'WITHHOLD_INTERVAL', attribution: 'UNKNOWN', zh: '人脸核验次数已用完，等待人工核验', en: 'No face check left to try; waiting for a check by a person' },
  R4_PASSIVE_DOUBT: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '人脸画面疑似翻拍或回放，下次核验增加动作', en: 'The face pictures look like a replay; the next check asks for more' },
  R4_ALTERNATIVE_REQUESTED: { rule: 'R4', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '学员申请由工作人员核验本人', en: 'The trainee asked for a check by a person' },
  R4_ALTERNATIVE_USED: { rule: 'R4', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '由工作人员人工核验本人', en: 'Authorised staff checked who was studying' },
  R4_REPLAY: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '人脸核验画面与此前画面完全相同', en: 'Frames of a face check are exact repeats of earlier ones' },
  R4_REPLAY_SUSPECTED: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '人脸核验画面疑似重放，加做一次核验', en: 'Frames of a face check look like a replay: checked once more' },
  R4_CAMERA_DOUBT: { rule: 'R4', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '摄像头画面有合成或注入的迹象，加做一次核验', en: 'The camera’s stream shows signs of being made up: checked once more' },
  R4_CAMERA_TOO_SMALL: { rule: 'R4', effect: 'WITHHOLD_INTERVAL', attribution: 'ENVIRONMENT', zh: '摄像头分辨率低于要求，请更换，期间不计学时', en: 'The camera gives fewer pixels than required: another one is needed, no credit meanwhile' },
  R4_TWIN_DECLARED: { rule: 'R4', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '学员申报有双胞胎，需另行核实', en: 'A twin was declared: another factor has to confirm the trainee' },
  R4_IMPOSTOR_CONFIRMED: { rule: 'R4', effect: 'INVALIDATE_ENROLMENT', attribution: 'TRAINEE_CONDUCT', zh: '经人工确认由他人代学', en: 'Confirmed by people: somebody else studied' },
  R5_OUT_OF_ORDER: { rule: 'R5', effect: 'INVALIDATE_SESSION', attribution: 'PLATFORM_CONTROL', zh: '未按内容先后顺序学习', en: 'Lessons were taken out of order' },
  R5_NO_ORDER_POLICY: { rule: 'R5', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略未对专业课程设置先后顺序', en: 'The policy sets no order for professional lessons' },
  R5_SYLLABUS_CHANGED: { rule: 'R5', effect: 'RECORD_ONLY', attribution: 'PLATFORM_CONTROL', zh: '教学大纲报名后有调整，按报名时的顺序学习', en: 'The syllabus changed after enrolment; the order at enrolment counts' },
  R5_PREDECESSOR_VOIDED: { rule: 'R5', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '前面的课节后来被判无效，本节按当时的顺序仍有效', en: 'A lesson before this one was voided later; the order at the time counts' },
  R6_RETRIED: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '抓拍不合格，补拍合格', en: 'A snapshot was retaken and qualified' },
  R6_SNAPSHOT_MISSED: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '一次抓拍及补拍均不合格', en: 'A snapshot and its retry did not qualify' },
  R6_MULTIPLE_FACES: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '抓拍中出现多人', en: 'More than one face in a snapshot' },
  R6_REPLAY: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '抓拍画面与此前画面完全相同', en: 'A snapshot is an exact repeat of an earlier picture' },
  R6_REPLAY_SUSPECTED: { rule: 'R6', effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '抓拍画面疑似重放，加做一次人脸核验', en: 'A snapshot looks like an earlier picture: checked by a face check' },
  R6_NO_SNAPSHOT: { rule: 'R6', effect: 'INVALIDATE_SESSION', attribution: 'UNKNOWN', zh: '课时内没有合格的随机影像照片', en: 'No qualifying random snapshot in the class hour' },
  R6_FACE_ABSENT: { rule: 'R6', effect: 'INVALIDATE_SESSION', attribution: 'TRAINEE_CONDUCT', zh: '抓拍时学员均不在画面中', en: 'Nobody in view at the snapshots' },
  R6_UNDECIDED: { rule: 'R6', effect: 'REVIEW', attribution: 'UNKNOWN', zh: '课时内抓拍均无法自动判定，需人工复核', en: 'No snapshot of the class hour could be decided by machine; a human has to look' },
  R6_DISABLED: { rule: 'R6', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '监管策略不要求留存影像照片', en: 'The policy asks for no retained snapshot' },
  R6_NOT_RANDOM: { rule: 'R6', effect: 'REFER_PLATFORM', attribution: 'PLATFORM_CONTROL', zh: '影像照片不是随机抓拍或抓拍有提示', en: 'Snapshots are at fixed instants or announced' },
  R6_EVIDENCE_MISSING: { rule: 'R6', effect: 'REVIEW', attribution: 'PLATFORM_CONTROL', zh: '留存的影像照片无法调取', en: 'A picture that was kept cannot be retrieved' },
  C11_VIDEO_NOT_APPROVED: { rule: null, effect: 'NOT_RECOGNISED', attribution: 'PLATFORM_CONTROL', zh: '课程视频未经审核同意', en: 'The video was never approved' },
  C11_VIDEO_CHANGED_AFTER_APPROVAL: { rule: null, effect: 'NOT_RECOGNISED', attribution: 'PLATFORM_CONTROL', zh: '课程视频与审核同意的版本不一致', en: 'The video is not the one that was approved' },
  MAKEUP: { rule: null, effect: 'RECORD_ONLY', attribution: 'UNKNOWN', zh: '补学：前一次学习未计入', en: 'A make-up attempt: the one before did not count' },
  CONSENT_REFUSED: { rule: null, effect: 'WITHHOLD_INTERVAL', attribution: 'TRAINEE_CONDUCT', zh: '学员不同意人脸核验和影像留存，可到培训点学习', en: 'No consent to face checks and pictures; a training point is open to the trainee' },
  CONSENT_WITHDRAWN: { rule: null, effect: 'WITHHOLD_INTERVAL', attribution: 'TRAINEE_CONDUCT', zh: '学员撤回同意，此后不计学时，此前有效', en: 'Consent withdrawn: no credit from now on, what was earned before stands' },
  ENV_MULTI_SCREEN: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '学员电脑接有多个显示器', en: 'More than one screen is attached' },
  CLOCK_SKEW: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '客户端时钟与服务器不一致', en: 'Client clock differs from the server' },
  OFFLINE_STOP: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '网络中断，超过宽限的时间不计学时', en: 'Connection lost; no credit beyond the grace' },
  OFFLINE_GRACE: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '网络短暂中断，在宽限之内', en: 'Connection lost for a moment, within the grace' },
  ABANDONED: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '页面未告别即消失，计时到最后一次心跳为止', en: 'The page was gone without a word; credit ends with its last beat' },
  SERVER_UNAVAILABLE: { rule: null, effect: 'RECORD_ONLY', attribution: 'ENVIRONMENT', zh: '平台服务中断，期间不计学时', en: 'Our service was down; no credit meanwhile' },
  IDLE_CLOSED: { rule: null, effect: 'RECORD_ONLY', attribution: 'TRAINEE_CONDUCT', zh: '长时间未学习，学习已挂起，可继续', en: 'Idle: suspended, can be resumed' },
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDING_KINDS;

/** States a fact, with what its code says about rule and attribution. */
export function finding(code: FindingCode, at: number, seq: number, detail: Fact['detail'] = {}): Fact {
  const { rule, attribution } = FINDING_KINDS[code];
  return { rule, code, attribution, at, seq, detail };
}
