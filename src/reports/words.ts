/** Plain words for what the journal says in codes. Chinese first, English beside it. */
import type { LivenessAct, LivenessReason } from '../rules/event.js';
import type { Attribution, Effect } from '../rules/finding.js';
import type { LivenessFailure } from '../rules/liveness-outcome.js';
import type { SnapshotFailure } from '../rules/random-snapshot.js';
import type { AttemptUse } from '../rules/programme/attempts.js';
import type { UncountedReason } from '../rules/programme/credit.js';
import type { EnrolmentVerdict } from '../rules/programme/enrolment.js';
import type { HoldReason, RuleId, SessionVerdict } from '../rules/types.js';
import type { Words } from './report-parts.schema.js';

type Dictionary<K extends string> = Readonly<Record<K, Words>>;

export const VERDICT_WORDS: Dictionary<SessionVerdict> = {
  VALID: { zh: '有效', en: 'VALID' },
  INVALID: { zh: '无效', en: 'INVALID' },
  NOT_RECOGNISED: { zh: '不予认可', en: 'NOT RECOGNISED' },
  INCOMPLETE: { zh: '未完成', en: 'INCOMPLETE' },
  PENDING_REVIEW: { zh: '待人工复核', en: 'PENDING REVIEW' },
};

export const ENROLMENT_VERDICT_WORDS: Dictionary<EnrolmentVerdict> = {
  ...VERDICT_WORDS,
  NOT_ELIGIBLE: { zh: '不得参加', en: 'NOT ELIGIBLE' },
};

export const ATTEMPT_USE_WORDS: Dictionary<AttemptUse> = {
  COUNTED: { zh: '计入', en: 'counted' },
  SUPERSEDED: { zh: '以另一次学习为准', en: 'another attempt counts' },
  REFUSED: { zh: '补课不予计入', en: 'make-up not counted' },
};

export const UNCOUNTED_WORDS: Dictionary<UncountedReason> = {
  OVERLAP: { zh: '与本人另一次学习时间重叠', en: 'earned at the same time as another session of the person' },
  OVER_DAILY_CAP: { zh: '超过每日学时上限', en: 'beyond the daily cap' },
  VOIDED: { zh: '该时段无效', en: 'void' },
  OVER_SPAN: { zh: '间隔过久，不能合并为一个课时', en: 'too long ago to join the class hour' },
  NOT_CONTIGUOUS: { zh: '不同次学习不得合并为一个课时', en: 'sessions may not join to a class hour' },
};

/** The sentence of the notice in which the six rules stand, and where it is found. */
export const CLAUSE = {
  source: '宛技领办〔2022〕10号 二(四)20(3)',
  before: '对有',
  after: '等情形之一的,视同培训无效',
  english: 'Training in which any one of these (and the like) occurs is deemed invalid.',
} as const;

/** The rules in the words of the notice. A rule that is not listed here goes by its id. */
const RULE_WORDS: Readonly<Record<string, { readonly clause: string; readonly english: string; readonly short: Words }>> = {
  R1: { clause: '快进播放', english: 'no fast-forward playback', short: { zh: '禁止快进', en: 'No fast-forward' } },
  R2: { clause: '多窗口学习', english: 'no study in several windows', short: { zh: '单一窗口', en: 'One window' } },
  R3: { clause: '连续5分钟内无弹窗管控', english: 'a popup within every continuous five minutes', short: { zh: '弹窗管控', en: 'Popup control' } },
  R4: { clause: '无法进行人脸活体比对', english: 'liveness face matching, performed', short: { zh: '人脸活体比对', en: 'Liveness face match' } },
  R5: { clause: '专业课程学习不按内容先后顺序设置管理', english: 'professional lessons in content order', short: { zh: '内容先后顺序', en: 'Content order' } },
  R6: { clause: '每课时无随机保留影像照片', english: 'random snapshots retained for every class hour', short: { zh: '随机影像照片', en: 'Random snapshots' } },
};

export function ruleWords(rule: RuleId): { readonly clause: string; readonly english: string; readonly short: Words } {
  return RULE_WORDS[rule] ?? { clause: rule, english: rule, short: { zh: rule, en: rule } };
}

/** What a rule still lacks when the session stands without its end. */
export const OUTSTANDING_WORDS: Readonly<Record<string, Words>> = {
  R1: { zh: '课程尚未学完', en: 'The lesson is not watched to its end yet' },
  R3: { zh: '有弹窗尚待回答', en: 'A popup still waits for its answer' },
  R4: { zh: '应做的人脸活体比对尚未全部完成', en: 'Face checks that are due are not all done yet' },
  R5: { zh: '前面的课节尚未学完', en: 'An earlier lesson is not completed' },
  R6: { zh: '应做的随机抓拍尚未全部完成', en: 'Random snapshots that are due are not all done yet' },
};

export const HOLD_WORDS: Dictionary<HoldReason> = {
  FACE_CHECK: { zh: '等待人脸核验', en: 'Face check due' },
  POPUP: { zh: '等待弹窗回答', en: 'Popup open' },
  POPUP_MISSED: { zh: '弹窗未答，等待返回', en: 'Popup missed, trainee away' },
  SNAPSHOT_RETRY: { zh: '等待补拍', en: 'Snapshot retry' },
  WINDOW: { zh: '页面隐藏或画中画', en: 'Page hidden or picture-in-picture' },
  LEASE: { zh: '学习已转到别处', en: 'Study moved elsewhere' },
  OFFLINE: { zh: '网络中断', en: 'Offline' },
  CAMERA: { zh: '摄像头不可用', en: 'No usable camera' },
  ALTERNATIVE: { zh: '等待人工核验', en: 'Waiting for a check by a person' },
  CONSENT: { zh: '未同意或已撤回同意', en: 'No consent' },
};

export const LIVENESS_FAILURE_WORDS: Dictionary<LivenessFailure> = {
  FACE_ABSENT: { zh: '画面中没有足够清晰的人脸', en: 'No usable face in view' },
  MULTIPLE_FACES: { zh: '画面中有多人', en: 'More than one face' },
  MISMATCH: { zh: '与基准人脸不是同一人', en: 'Not the same person as the reference face' },
  UNCERTAIN: { zh: '相似度不足，不能确认本人', en: 'Too little alike to confirm' },
  ACT_NOT_SEEN: { zh: '未见所要求的动作', en: 'The requested act was not seen' },
  WRONG_ACT: { zh: '做了别的动作', en: 'Another act was seen instead' },
  FACE_COVERED: { zh: '口鼻被遮住', en: 'Mouth and nose were covered' },
  FACE_CHANGED: { zh: '连拍中人脸前后不一致', en: 'The face changed within the burst' },
  UNREADABLE: { zh: '图像无法读取', en: 'The pictures could not be read' },
  REPLAYED: { zh: '画面与此前完全相同', en: 'Frames that had come before' },
  ACT_TOO_LATE: { zh: '未在时限内做出动作', en: 'The act did not come in its time' },
  INTERRUPTED: { zh: '得知动作后多次中断', en: 'Cut off again and again after an act was told' },
};

export const SNAPSHOT_FAILURE_WORDS: Dictionary<SnapshotFailure> = {
  NO_IMAGE: { zh: '没有传来照片', en: 'No picture was sent' },
  TOO_LATE: { zh: '超过时限未传来照片', en: 'No picture within the time' },
  UNREADABLE: { zh: '照片无法读取', en: 'The picture could not be read' },
  DARK: { zh: '照片过暗', en: 'Too dark' },
  BLURRED: { zh: '照片模糊', en: 'Blurred' },
  LENS_COVERED: { zh: '镜头被遮挡', en: 'The lens was covered' },
  LOW_RESOLUTION: { zh: '照片像素不足', en: 'Too few pixels' },
  REPLAYED: { zh: '与此前的照片完全相同', en: 'An exact repeat of an earlier picture' },
  FACE_ABSENT: { zh: '照片中没有人脸', en: 'Nobody in view' },
  FACE_COVERED: { zh: '口鼻被遮住', en: 'Mouth and nose were covered' },
  MULTIPLE_FACES: { zh: '照片中有多人', en: 'More than one face' },
  TOO_FAR: { zh: '人脸过小', en: 'The face is too small' },
  MISMATCH: { zh: '照片中不是学员本人', en: 'Not the trainee' },
  UNCERTAIN: { zh: '相似度不足，不能确认本人', en: 'Too little alike to confirm' },
};

export const LIVENESS_REASON_WORDS: Dictionary<LivenessReason> = {
  SESSION_START: { zh: '开始学习', en: 'Start' },
  RANDOM: { zh: '课时内随机', en: 'Random' },
  RESUME: { zh: '长时间暂停后', en: 'Resume' },
  TAKEOVER: { zh: '更换设备', en: 'Other device' },
  SNAPSHOT_FAILED: { zh: '抓拍存疑', en: 'Doubtful snapshot' },
  DOUBT: { zh: '存疑后复核', en: 'After a doubt' },
  INTERVAL: { zh: '到达规定间隔', en: 'Interval reached' },
};

export const ACT_WORDS: Dictionary<LivenessAct> = {
  BLINK: { zh: '闭眼', en: 'close eyes' },
  OPEN_MOUTH: { zh: '张嘴', en: 'open mouth' },
  TURN_LEFT: { zh: '向左转头', en: 'turn left' },
  TURN_RIGHT: { zh: '向右转头', en: 'turn right' },
  NOD: { zh: '点头', en: 'nod' },
  LEAN_IN: { zh: '靠近再退回', en: 'come closer and back' },
};

export const EFFECT_WORDS: Dictionary<Effect> = {
  RECORD_ONLY: { zh: '仅记录', en: 'record only' },
  WITHHOLD_INTERVAL: { zh: '该时段不计学时', en: 'interval withheld' },
  REVIEW: { zh: '转人工复核', en: 'review' },
  INVALIDATE_CLASS_HOUR: { zh: '所涉课时无效', en: 'class hour void' },
  INVALIDATE_SESSION: { zh: '本次学习无效', en: 'session invalid' },
  INVALIDATE_ENROLMENT: { zh: '本期培训无效', en: 'enrolment invalid' },
  REFER_PLATFORM: { zh: '管控关闭期间的课时无效，移交平台问题', en: 'hours without the control void; platform referred' },
  NOT_RECOGNISED: { zh: '培训结果不予认可', en: 'not recognised' },
};

export const ATTRIBUTION_WORDS: Dictionary<Attribution> = {
  TRAINEE_CONDUCT: { zh: '学员行为', en: 'trainee' },
  PLATFORM_CONTROL: { zh: '平台管控', en: 'platform' },
  ENVIRONMENT: { zh: '环境', en: 'environment' },
  UNKNOWN: { zh: '未定', en: 'open' },
};

/** Why a verdict stands or changed, beside the codes of findings. */
export const DECISION_WORDS = {
  FINISHED: { zh: '学习结束', en: 'The session ended' },
  UPHELD: { zh: '人工复核维持', en: 'Upheld by review' },
  OVERTURNED: { zh: '人工复核推翻', en: 'Overturned by review' },
  IMPOSTOR_CONFIRMED: { zh: '两名复核人确认为他人代学', en: 'Two reviewers confirmed that another person studied' },
} as const;

const CONSENT_WORDS: Readonly<Record<string, Words>> = {
  FACE_VERIFICATION: { zh: '人脸核验', en: 'face verification' },
  SNAPSHOT_RETENTION: { zh: '影像照片留存', en: 'retention of snapshots' },
  SUPERVISION_TRANSFER: { zh: '向监管部门提供', en: 'transfer to the supervising authority' },
  GUARDIAN: { zh: '监护人同意', en: 'consent of the guardian' },
};
export const consentWords = (purpose: string): Words => CONSENT_WORDS[purpose] ?? { zh: purpose, en: purpose };

const localFormat = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/** An instant as people in Nanyang read it: `2026-03-02 19:05:07`. */
export const localTime = (at: number): string => localFormat.format(at);
