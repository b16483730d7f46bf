import type { HoldReason, LivenessRequest, RuleId } from '@xuejian/protocol';
import type { LivenessPromptKind } from '../checks/liveness-run.js';

export type Locale = 'zh' | 'en';

/** Why play is held, and what the trainee can do. */
export interface HoldText {
  readonly title: string;
  readonly todo: string;
}

/** A hold, or a state of the connection, in words. */
export type NoticeReason = HoldReason | 'CONNECTING' | 'PLACE_TAKEN' | 'CLICK_TO_PLAY' | 'NO_CAMERA';

export interface Texts {
  readonly panelLabel: string;
  readonly rules: Readonly<Record<string, string>>;
  readonly lights: { readonly GREEN: string; readonly AMBER: string; readonly RED: string };
  readonly credited: (done: string, total: string) => string;
  readonly creditedLabel: string;
  readonly counts: (popups: string, faces: string, snapshots: string) => string;
  readonly cameraLabel: string;
  readonly notices: Readonly<Record<NoticeReason, HoldText>>;
  readonly playing: string;
  readonly resume: string;
  readonly continueHere: string;
  readonly retryCamera: string;
  readonly askPeople: string;
  readonly peopleAsked: string;
  readonly popup: {
    readonly title: string;
    readonly inputLabel: string;
    readonly imageAlt: string;
    readonly submit: string;
    readonly sending: string;
    readonly wrong: string;
    readonly late: string;
    readonly failed: string;
    readonly timeLeft: (seconds: number) => string;
  };
  readonly liveness: {
    readonly title: Readonly<Record<LivenessRequest['reason'], string>>;
    readonly intro: (acts: number) => string;
    readonly begin: string;
    readonly prompts: Readonly<Record<LivenessPromptKind, string>>;
    readonly step: (step: number, steps: number) => string;
    readonly attempt: (attempt: number, attempts: number) => string;
    readonly sending: string;
    readonly judging: string;
    /** Judging takes longer than it does where nobody else waits. */
    readonly queued: string;
    readonly again: string;
    readonly cannot: string;
    readonly cannotSure: string;
    readonly failures: Readonly<Record<string, string>>;
    readonly failureOther: string;
  };
}

const zh: Texts = {
  panelLabel: '学习监管',
  rules: { R1: '不快进', R2: '单窗口', R3: '弹窗管控', R4: '人脸活体', R5: '按序学习', R6: '随机抓拍' },
  lights: { GREEN: '正常', AMBER: '待完成', RED: '不合格' },
  credited: (done, total) => `已计时 ${done} / ${total}`,
  creditedLabel: '已计入的学习时间',
  counts: (popups, faces, snapshots) => `弹窗 ${popups} · 人脸 ${faces} · 抓拍 ${snapshots}`,
  cameraLabel: '摄像头画面（只有您能看到）',
  notices: {
    FACE_CHECK: { title: '请完成人脸核验', todo: '核验通过后自动继续播放，期间不计时。' },
    POPUP: { title: '请回答弹窗', todo: '回答正确后自动继续播放。' },
    POPUP_MISSED: { title: '您错过了一次弹窗', todo: '视频已暂停，未确认的时间不计入。准备好后请点“继续学习”，随后会再次弹窗。' },
    SNAPSHOT_RETRY: { title: '没有看清您本人', todo: '请正对摄像头、不要遮挡、保证光线，稍候会自动重新确认。' },
    WINDOW: { title: '请回到学习页面', todo: '页面不在最前面时视频暂停、不计时，返回后自动继续。' },
    LEASE: { title: '您正在另一处学习', todo: '同一人同一时间只能在一处学习。要在这里学，请点“在此继续”。' },
    OFFLINE: { title: '网络已断开', todo: '视频已暂停，已学时间不会丢失。正在自动重连，请检查网络。' },
    CAMERA: { title: '摄像头不可用', todo: '请检查摄像头是否被拔出、遮挡或被其他程序占用，然后点“重新打开摄像头”。' },
    ALTERNATIVE: { title: '将由工作人员核验本人', todo: '请点“申请人工核验”，并联系培训机构：工作人员与您视频或当面核实后即可继续，已学时间不会丢失。本次学习须经人工复核后生效。' },
    CONSENT: { title: '未同意人脸核验和影像留存', todo: '线上学习已停止，此前已学时间有效。您可以申请由工作人员核验本人后继续，或到有人监管的培训点学习，不受影响。' },
    CONNECTING: { title: '正在连接监管服务', todo: '请稍候。' },
    PLACE_TAKEN: { title: '您正在另一处学习', todo: '同一人同一时间只能在一处学习。要在这里学，请点“在此继续”，另一处会立即暂停。' },
    CLICK_TO_PLAY: { title: '可以开始播放了', todo: '浏览器需要您点一下“继续学习”。' },
    NO_CAMERA: { title: '无法打开摄像头', todo: '本课程须进行人脸活体比对。请在浏览器地址栏允许使用摄像头后重试；没有摄像头请换手机，或申请人工核验。' },
  },
  playing: '正在计时学习',
  resume: '继续学习',
  continueHere: '在此继续',
  retryCamera: '重新打开摄像头',
  askPeople: '申请人工核验',
  peopleAsked: '已申请，请等待工作人员',
  popup: {
    title: '学习确认',
    inputLabel: '您的回答',
    imageAlt: '需要辨认的数字图片',
    submit: '确定',
    sending: '正在提交…',
    wrong: '回答不对，请再试一次。',
    late: '已超过作答时间。',
    failed: '没有提交成功，请再点一次“确定”。',
    timeLeft: (seconds) => `请在 ${seconds} 秒内回答`,
  },
  liveness: {
    title: {
      SESSION_START: '开始学习前的人脸核验',
      RANDOM: '随机人脸核验',
      RESUME: '继续学习前的人脸核验',
      TAKEOVER: '换到此处学习的人脸核验',
      SNAPSHOT_FAILED: '请再核验一次本人',
      DOUBT: '请再核验一次本人',
      INTERVAL: '到了规定的核验时间，请核验本人',
    },
    intro: (acts) => `请独自正对摄像头，脸部占满圆框，光线充足。点“开始”后先保持不动，再依次做 ${acts} 个动作，每次按提示只做一个，做完回到正面。`,
    begin: '开始',
    prompts: { NEUTRAL: '请正对镜头，保持不动', BLINK: '请闭眼一秒再睁开', OPEN_MOUTH: '请张大嘴巴', TURN_LEFT: '请向左转头', TURN_RIGHT: '请向右转头', NOD: '请点点头', LEAN_IN: '请靠近镜头，再退回' },
    step: (step, steps) => `第 ${step} 步，共 ${steps} 步`,
    attempt: (attempt, attempts) => `第 ${attempt} 次，共可尝试 ${attempts} 次`,
    sending: '正在上传，请稍候…',
    judging: '动作已完成，正在核验…',
    queued: '核验的人较多，正在排队。请稍候，不用重做：等待时间不扣学时，通过后自动继续。',
    again: '没有取到可用的画面。请检查摄像头，再点“开始”。',
    cannot: '我无法做这些动作',
    cannotSure: '再点一次：改由工作人员核验本人（需等待）',
    failures: {
      FACE_ABSENT: '画面中没有看清人脸。请正对摄像头，离近一些。',
      MULTIPLE_FACES: '画面中有多个人。请独自完成核验。',
      MISMATCH: '与登记的照片不一致。请本人核验，摘下口罩、墨镜。',
      UNCERTAIN: '没能确认是您本人。请正对镜头，保证光线，表情自然。',
      FACE_COVERED: '口鼻被遮住。请摘下口罩后重试；因健康原因不能摘的，可申请人工核验。',
      FACE_CHANGED: '核验途中换了人或脸被遮住。请本人全程在画面中。',
      ACT_NOT_SEEN: '没有看到要求的动作。请按提示做得明显一些。',
      WRONG_ACT: '做的动作与提示不同。请看清提示再做。',
      UNREADABLE: '取到的画面无法读取，请再试一次。',
      ACT_TOO_LATE: '没有在规定时间内做出动作。请看到提示马上做。',
      INTERRUPTED: '核验多次中断。请保持网络畅通，不要刷新页面。',
    },
    failureOther: '上一次没有通过，请再试一次。',
  },
};

const en: Texts = {
  panelLabel: 'Study supervision',
  rules: { R1: 'No skips', R2: 'One place', R3: 'Popups', R4: 'Live face', R5: 'In order', R6: 'Snapshots' },
  lights: { GREEN: 'in order', AMBER: 'to be done', RED: 'failed' },
  credited: (done, total) => `Credited ${done} / ${total}`,
  creditedLabel: 'Study time credited',
  counts: (popups, faces, snapshots) => `popups ${popups} · face ${faces} · snapshots ${snapshots}`,
  cameraLabel: 'Camera (only you see this)',
  notices: {
    FACE_CHECK: { title: 'Please complete the face check', todo: 'Play goes on by itself afterwards; no time is counted meanwhile.' },
    POPUP: { title: 'Please answer the popup', todo: 'Play goes on by itself after the right answer.' },
    POPUP_MISSED: { title: 'You missed a popup', todo: 'The video is paused and unconfirmed time is not counted. Press “Continue” when you are back; a popup will follow.' },
    SNAPSHOT_RETRY: { title: 'We could not see you clearly', todo: 'Face the camera, uncover it, mind the light. It is checked again by itself in a moment.' },
    WINDOW: { title: 'Please come back to this page', todo: 'The video pauses while the page is not in front, and goes on when you return.' },
    LEASE: { title: 'You are studying somewhere else', todo: 'One person studies in one place at a time. To study here, press “Continue here”.' },
    OFFLINE: { title: 'The connection is lost', todo: 'The video is paused and nothing you studied is lost. Reconnecting; please check your network.' },
    CAMERA: { title: 'The camera is not available', todo: 'Check that it is plugged in, uncovered and not used by another program, then press “Open camera again”.' },
    ALTERNATIVE: { title: 'A person will check who you are', todo: 'Press “Ask for a person” and tell your training organisation: staff see you by video or in person and you go on. What you studied is kept; this session counts after a human review.' },
    CONSENT: { title: 'No consent to face checks and pictures', todo: 'Online study has stopped; what you studied before counts. You can ask that staff check who you are and go on, or take the course at a supervised training point.' },
    CONNECTING: { title: 'Connecting', todo: 'One moment.' },
    PLACE_TAKEN: { title: 'You are studying somewhere else', todo: 'One person studies in one place at a time. Press “Continue here” to go on here; the other place pauses at once.' },
    CLICK_TO_PLAY: { title: 'Ready to play', todo: 'Your browser wants one click on “Continue”.' },
    NO_CAMERA: { title: 'The camera could not be opened', todo: 'This course needs live face checks. Allow the camera in the address bar and try again; without a camera use your phone or ask for a person.' },
  },
  playing: 'Studying, time is counted',
  resume: 'Continue',
  continueHere: 'Continue here',
  retryCamera: 'Open camera again',
  askPeople: 'Ask for a person',
  peopleAsked: 'Asked: please wait for staff',
  popup: {
    title: 'Are you there?',
    inputLabel: 'Your answer',
    imageAlt: 'Picture with the digits to read',
    submit: 'OK',
    sending: 'Sending…',
    wrong: 'That is not right, please try again.',
    late: 'The time to answer is over.',
    failed: 'It could not be sent, please press OK again.',
    timeLeft: (seconds) => `Please answer within ${seconds} seconds`,
  },
  liveness: {
    title: {
      SESSION_START: 'Face check before you start',
      RANDOM: 'Random face check',
      RESUME: 'Face check before you go on',
      TAKEOVER: 'Face check for studying here',
      SNAPSHOT_FAILED: 'Please show once more that it is you',
      DOUBT: 'Please show once more that it is you',
      INTERVAL: 'It is time to show again that it is you',
    },
    intro: (acts) => `Be alone, face the camera, fill the circle, mind the light. After “Start” keep still first; then ${acts} acts follow, one at a time. Come back to the front after each.`,
    begin: 'Start',
    prompts: { NEUTRAL: 'Look straight ahead, keep still', BLINK: 'Close your eyes for a second', OPEN_MOUTH: 'Open your mouth wide', TURN_LEFT: 'Turn your head left', TURN_RIGHT: 'Turn your head right', NOD: 'Nod', LEAN_IN: 'Come closer, then back' },
    step: (step, steps) => `Step ${step} of ${steps}`,
    attempt: (attempt, attempts) => `Try ${attempt} of ${attempts}`,
    sending: 'Sending, one moment…',
    judging: 'All acts done, checking…',
    queued: 'Many checks are under way and yours is in the queue. Nothing to repeat: waiting costs you nothing, and play goes on by itself.',
    again: 'No usable picture was taken. Check the camera and press “Start” again.',
    cannot: 'I cannot do these acts',
    cannotSure: 'Press again: staff will check who you are instead (you will have to wait)',
    failures: {
      FACE_ABSENT: 'Your face was not clearly seen. Face the camera and come closer.',
      MULTIPLE_FACES: 'More than one person was seen. Please be alone.',
      MISMATCH: 'It does not match the registered face. Take off mask or sunglasses.',
      UNCERTAIN: 'We could not confirm that it is you. Face the camera, mind the light, keep a natural face.',
      FACE_COVERED: 'Mouth and nose are covered. Take the mask off; if you cannot for your health, ask for a check by a person.',
      FACE_CHANGED: 'Another face appeared or yours was covered. Stay in view all the time.',
      ACT_NOT_SEEN: 'The act asked for was not seen. Please do it clearly.',
      WRONG_ACT: 'Another act than the one asked for was seen. Please follow the prompts.',
      UNREADABLE: 'The pictures could not be read, please try again.',
      ACT_TOO_LATE: 'The act did not come in time. Please do it as soon as it is shown.',
      INTERRUPTED: 'The check was cut off several times. Mind your connection and do not reload.',
    },
    failureOther: 'The last try did not pass, please try again.',
  },
};

export const TEXTS: Readonly<Record<Locale, Texts>> = { zh, en };

/** Name of a rule on the meter; a rule a policy has added shows its id. */
export const ruleName = (texts: Texts, rule: RuleId): string => texts.rules[rule] ?? rule;

export const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
