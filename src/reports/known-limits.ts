/** What this report does not prove, said openly. */
import type { Policy } from '../rules/policy.js';
import type { Words } from './report-parts.schema.js';

export function knownLimits({ playback, face, unverified, departures }: Policy, isSealed: boolean): Words[] {
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
      zh: `人脸阈值为距离 ${face.matchDistance}，策略未必声明其误识率；活体检测未经 ISO/IEC 30107-3 检测。`,
      en: `The face threshold is a distance of ${face.matchDistance}; the policy need not state its false match rate. Liveness was not tested under ISO/IEC 30107-3.`,
    },
    {
      zh: `播放位置的测量误差为 ${playback.errorMs / 1000} 秒加 ${playback.errorRatio * 100}%，误差之内不作认定。`,
      en: `Positions are measured to ${playback.errorMs / 1000} s plus ${playback.errorRatio * 100} %; nothing is found within that error.`,
    },
    {
      zh: '随机性保证双方都不能预知或选择时刻；它不能防止平台放弃一次学习后重开，因此本报告列出同一课节的全部学习次数。',
      en: 'Committed randomness keeps either side from knowing or choosing instants. It does not keep a platform from dropping a session and opening another; so every attempt at the lesson is listed.',
    },
    {
      zh: '本报告格式版本不含默克尔证明和第三方可信时间戳：哈希链证明日志内部未被改动，不能单独证明整条日志未被重写；签名由本服务自己的密钥作出。请在会话结束时另行保存链首哈希。',
      en: 'This schema version has no Merkle proof and no third-party timestamp: the chain shows that nothing inside the journal was changed, not by itself that the whole journal was not rewritten; the signature is by this service’s own key. Keep the head hash elsewhere when a session ends.',
    },
    {
      zh: '时间取自服务器时钟；本版本不记录其与标准时间的偏差。',
      en: 'Times are those of the server’s clock; its offset from standard time is not recorded in this version.',
    },
    {
      zh: '本版本不含：监管部门班级编号、培训机构、职业（工种）、视频审核文号、人工复核与申辩记录，以及按课时计算的无效范围。',
      en: 'Not part of this version: the authority’s class number, training organisation, occupation, video approval reference, human review and objections, and the scope voided by class hour.',
    },
    ...departures.map(({ parameter, provision }) => ({
      zh: `本策略按其自身规定设置 ${parameter}，与通知原文不同：${provision}`,
      en: `This policy sets ${parameter} by its own regime's law, other than the words of the notice: ${provision}`,
    })),
    ...(unverified.length === 0
      ? []
      : [{
          zh: `本策略中下列内容的出处未见原文：${unverified.join('、')}。`,
          en: `The source of these parts of the policy was not seen in the original: ${unverified.join(', ')}.`,
        }]),
    ...(isSealed
      ? []
      : [{
          zh: '会话尚未结束：本报告只反映到生成时为止的日志，日志末尾若被截去无法由此发现；尚未到来的随机时刻不予公开。',
          en: 'The session is not closed: this report shows the journal as far as it goes. A tail cut off could not be seen from it, and instants still to come are not shown.',
        }]),
  ];
}
