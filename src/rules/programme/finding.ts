/** Facts about a programme of training (a class, an enrolment, its hours) that a clause of the notice attaches something to. */

/** What follows from a finding. */
export type ProgrammeEffect =
  /** The class may not be opened as planned. */
  | 'BLOCK_OPENING'
  | 'NOT_ELIGIBLE'
  | 'NOT_RECOGNISED'
  | 'INVALIDATE_ENROLMENT'
  /** A person decides. */
  | 'REVIEW'
  /** Can still be put right. */
  | 'INCOMPLETE'
  /** This much earns nothing; the rest stands. */
  | 'NOT_COUNTED'
  | 'RECORD_ONLY';

export interface ProgrammeFinding {
  readonly code: ProgrammeCode;
  readonly effect: ProgrammeEffect;
  /** Clause of the notice (`C-03`), or the rule or parameter that says so. */
  readonly clause: string;
  /** What was compared, with units in the names. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  readonly zh: string;
  readonly en: string;
}

interface ProgrammeKind {
  readonly clause: string;
  readonly effect: ProgrammeEffect;
  readonly zh: string;
  readonly en: string;
}

/** Every reason code above the session: its clause, its usual effect, and plain words. */
export const PROGRAMME_KINDS = {
  C01_PLATFORM_NOT_INTEGRATED: { clause: 'C-01', effect: 'NOT_RECOGNISED', zh: '开始学习时平台未纳入监管系统，培训结果不予认可', en: 'The platform was not in the supervision system when study began' },
  C02_PURE_ONLINE_NOT_ALLOWED: { clause: 'C-02', effect: 'BLOCK_OPENING', zh: '该职业（工种）不在纯线上培训名单内', en: 'The occupation is not on the list of those that may be taught purely online' },
  C03_PRIOR_UNASSESSED: { clause: 'C-03', effect: 'NOT_ELIGIBLE', zh: '上一个培训项目未考核', en: 'The previous training has not been assessed' },
  C03_WITHIN_ONE_MONTH: { clause: 'C-03', effect: 'NOT_ELIGIBLE', zh: '上一个培训项目考核结束不足一个月', en: 'The assessment of the previous training ended less than a month before' },
  C11_VIDEO_NOT_APPROVED: { clause: 'C-11', effect: 'NOT_RECOGNISED', zh: '新增培训视频未经审核同意', en: 'A new video was not approved before study began' },
  C11_VIDEO_CHANGED_AFTER_APPROVAL: { clause: 'C-11', effect: 'NOT_RECOGNISED', zh: '播放的视频与审核同意的不一致', en: 'The video played is not the one approved' },
  C12_PLATFORM_BARRED: { clause: 'C-12', effect: 'BLOCK_OPENING', zh: '平台自违规之日起两年内不得参与补贴培训', en: 'The platform is out of subsidised training for two years from its violation' },
  C13_SHORT_HOUR: { clause: 'C-13', effect: 'INCOMPLETE', zh: '剩余学习时长不足一个课时，暂不计课时', en: 'The rest of the credited time is shorter than a class hour and earns none yet' },
  C13_MATERIAL_TOO_SHORT: { clause: 'C-13', effect: 'BLOCK_OPENING', zh: '视频总时长少于所报课时', en: 'The videos are shorter than the class hours claimed' },
  C14_ONLINE_CAP_EXCEEDED: { clause: 'C-14', effect: 'BLOCK_OPENING', zh: '线上学习超过总课时的规定比例', en: 'More of the training is online than the cap allows' },
  C14_NOT_THEORY: { clause: 'C-14', effect: 'BLOCK_OPENING', zh: '线上部分超出理论学习', en: 'More is online than theory' },
  C14_NOT_IN_CATALOGUE: { clause: 'C-14', effect: 'BLOCK_OPENING', zh: '平台不在当年目录清单内', en: 'The platform is not in the catalogue of the year' },
  C19_ORG_SUSPENDED: { clause: 'C-19', effect: 'BLOCK_OPENING', zh: '满意度低于规定，整改期内停止开班', en: 'Satisfaction was too low: no class may open during the month of rectification' },
  C20_TOO_FEW_HOURS: { clause: 'C-20', effect: 'BLOCK_OPENING', zh: '只考培训合格证书的培训学时不足', en: 'Training that ends in a certificate of completion only is too short' },
  C21_CLASS_TOO_LARGE: { clause: 'C-21', effect: 'BLOCK_OPENING', zh: '班级人数超过上限', en: 'The class is too large' },
  C24_MAKEUP_UNAPPROVED: { clause: 'C-24', effect: 'NOT_COUNTED', zh: '补课前未经人力资源社会保障部门同意', en: 'The make-up had no consent of the HRSS department before it began' },
  C24_MAKEUP_TOO_LATE: { clause: 'C-24', effect: 'NOT_COUNTED', zh: '补课未在结业考核前完成', en: 'The make-up did not end before the final assessment' },
  C26_CLASS_ID_MISSING: { clause: 'C-26', effect: 'RECORD_ONLY', zh: '没有人力资源社会保障系统的班级编号，不能上报', en: 'The class has no number in the HRSS system: it cannot be reported' },
  R2_CREDIT_OVERLAP: { clause: 'R2', effect: 'NOT_COUNTED', zh: '同一学员的学习时长在时间上重叠，只计一次', en: 'Credit of one person overlaps in time and counts once' },
  DAILY_CAP_EXCEEDED: { clause: 'daily', effect: 'NOT_COUNTED', zh: '超过每日学时上限的部分不计', en: 'What exceeds the daily cap is not counted' },
  PLAN_EXCEEDED: { clause: 'C-24', effect: 'NOT_COUNTED', zh: '有效课时超过计划课时的部分不计', en: 'Hours beyond the plan are not counted' },
  MAKEUP_REQUIRED: { clause: 'C-24', effect: 'INCOMPLETE', zh: '该节需在结业考核前补课', en: 'The lesson has to be made up before the final assessment' },
  LESSONS_OUTSTANDING: { clause: 'C-13', effect: 'INCOMPLETE', zh: '仍有课节未学完', en: 'Lessons are not completed yet' },
  HOURS_OUTSTANDING: { clause: 'C-13', effect: 'INCOMPLETE', zh: '有效课时少于计划课时', en: 'Fewer valid class hours than planned' },
  TEST_OUTSTANDING: { clause: 'completion.requireTest', effect: 'INCOMPLETE', zh: '尚未通过规定的测试', en: 'The required test is not passed yet' },
  STUDY_WINDOW_MISSED: { clause: 'session', effect: 'INCOMPLETE', zh: '未在规定天数内学满规定时长', en: 'The required time was not studied within the required days' },
  HOURS_UNDER_REVIEW: { clause: 'P7', effect: 'REVIEW', zh: '部分课时待人工复核', en: 'Some class hours await a person’s review' },
  INVALID_SHARE_EXCEEDED: { clause: 'C-10', effect: 'INVALIDATE_ENROLMENT', zh: '无效课时超过允许比例且考核前未补课', en: 'Too large a share is invalid and was not made up before the final assessment' },
  HOURS_NOT_RECOGNISED: { clause: 'C-11', effect: 'NOT_RECOGNISED', zh: '不予认可的课时超过允许比例且考核前未补课', en: 'Too large a share is not recognised and was not made up before the final assessment' },
  MISSED_CHECKS_EXCEEDED: { clause: 'invalidation.maxMissedChecks', effect: 'INVALIDATE_ENROLMENT', zh: '未应答的检查超过允许次数', en: 'More checks were missed than may be' },
  ENROLMENT_VOIDED: { clause: 'C-10', effect: 'INVALIDATE_ENROLMENT', zh: '学习中有使整个培训无效的事实', en: 'A fact found in a session voids the whole training' },
} as const satisfies Record<string, ProgrammeKind>;

export type ProgrammeCode = keyof typeof PROGRAMME_KINDS;

/** States a fact; `effect` where it is not the usual one of the code. */
export function programmeFinding(code: ProgrammeCode, detail: ProgrammeFinding['detail'], effect?: ProgrammeEffect): ProgrammeFinding {
  const kind: ProgrammeKind = PROGRAMME_KINDS[code];
  return { code, detail, ...kind, effect: effect ?? kind.effect };
}
