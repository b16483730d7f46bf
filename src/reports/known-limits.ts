/** What this report does not prove, said openly. */
import type { Policy } from '../rules/policy.js';
import type { Words } from './report-parts.schema.js';

/** How far the evidence has come when the report is made. */
export interface EvidenceStage {
  readonly isSealed: boolean;
  /** In the public log, under a signed head. */
  readonly isLogged: boolean;
  /** That head carries a third party's time stamp. */
  readonly isStamped: boolean;
}

export function knownLimits(policy: Policy, stage: EvidenceStage): Words[] {
  const { playback, face } = policy;
  return [
    {
      zh: '网页无法证明第二台显示器、操作系统级画中画或投屏的存在；对此依靠弹窗、人脸核验和随机抓拍。',
      en: 'A web page cannot prove a second monitor, picture-in-picture of the operating system or screen mirroring; popups, face checks and snapshots stand against them.',
    },
    {
      zh: '实时换脸、录制的真人动作和注入的视频流可以被怀疑，不能完全排除；双胞胎不能区分。',
      en: 'Real-time face swap, filmed acts and injected video can be suspected, not excluded; twins cannot be told apart.',
    },
    {
      zh: `人脸阈值为距离 ${face.matchDistance}。策略要求误识率不高于 ${face.maxFmr}，现有样本人数很少，仅能证实表中所列上限，且未经独立检测；活体检测未经 ISO/IEC 30107-3 检测。`,
      en: `The face threshold is a distance of ${face.matchDistance}. The policy asks for a false match rate of at most ${face.maxFmr}; so few people were measured that they bear out no more than the bound printed beside each check, and nobody else has tested it. Liveness was not tested under ISO/IEC 30107-3.`,
    },
    {
      zh: `播放位置的测量误差为 ${playback.errorMs / 1000} 秒加 ${playback.errorRatio * 100}%，误差之内不作认定。`,
      en: `Positions are measured to ${playback.errorMs / 1000} s plus ${playback.errorRatio * 100} %; nothing is found within that error.`,
    },
    {
      zh: '随机性保证双方都不能预知或选择时刻；它不能防止平台放弃一次学习后重开，因此公开日志收录每一次开始的学习，本报告列出同一课节的全部学习次数。',
      en: 'Committed randomness keeps either side from knowing or choosing instants. It does not keep a platform from dropping a session and opening another; so the public log lists every session that was opened, and this report every attempt at the lesson.',
    },
    ...proofLimits(stage),
    ...sourceLimits(policy),
    {
      zh: '照片以带密钥的摘要记入日志；照片依法删除后密钥一并销毁，日志仍可核验，但不能再证明照片内容。',
      en: 'Pictures are named in the journal by keyed digests. Once a picture is erased its key is gone too: the journal still verifies, and no longer proves what the picture showed.',
    },
    {
      zh: '时间取自服务器时钟；本版本不记录其与标准时间的偏差。',
      en: 'Times are those of the server’s clock; its offset from standard time is not recorded in this version.',
    },
    {
      zh: '班级、培训机构和职业（工种）按平台填报原样列出，未经核对；申辩材料原文不在本报告内。',
      en: 'Class, training organisation and occupation stand as the platform declared them, unchecked. The text of objections is not part of this report.',
    },
  ];
}

function proofLimits({ isSealed, isLogged, isStamped }: EvidenceStage): readonly Words[] {
  if (!isSealed) {
    return [{
      zh: '会话尚未结束：本报告只反映到生成时为止的日志，日志末尾若被截去无法由此发现；尚未到来的随机时刻不予公开。',
      en: 'The session is not closed: this report shows the journal as far as it goes. A tail cut off could not be seen from it, and instants still to come are not shown.',
    }];
  }
  if (!isLogged) {
    return [{
      zh: '本次学习尚未收入公开日志（按周期收录）：在此之前，签名由本服务自己的密钥作出，不能单独证明整条日志未被重写。',
      en: 'The session is not in the public log yet, which is sealed periodically. Until then the signature is by this service’s own key and does not by itself show that the whole journal was not rewritten.',
    }];
  }
  return isStamped
    ? []
    : [{
        zh: '公开日志的树头没有第三方可信时间戳：只有另行保存过树头的人才能发现日志被整体重写。',
        en: 'The head of the public log has no third-party time stamp: only who kept a head of it elsewhere could tell that the log was rewritten as a whole.',
      }];
}

/** Where the policy departs from the words of the notice by its own regime's law, and what of its sources was not seen. */
function sourceLimits({ departures, unverified }: Policy): readonly Words[] {
  const departing = departures.map(({ parameter, provision }) => ({
    zh: `本策略按其自身规定设置 ${parameter}，与通知原文不同：${provision}`,
    en: `This policy sets ${parameter} by its own regime's law, other than the words of the notice: ${provision}`,
  }));
  if (unverified.length === 0) return departing;
  const zh = `本策略中下列内容的出处未见原文：${unverified.join('、')}。`;
  const en = `The source of these parts of the policy was not seen in the original: ${unverified.join(', ')}.`;
  return [...departing, { zh, en }];
}
