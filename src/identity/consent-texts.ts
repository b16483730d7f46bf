import { createHash } from 'node:crypto';
import type { ConsentPurpose } from './consent.entity.js';

/** Languages in which trainees are asked, BCP 47. */
export const CONSENT_LOCALES = ['zh-CN', 'en'] as const;
export type ConsentLocale = (typeof CONSENT_LOCALES)[number];

/** What a trainee is shown for one purpose. A published text never changes: a new wording is a new version. */
export interface ConsentText {
  readonly version: string;
  readonly purpose: ConsentPurpose;
  readonly locale: ConsentLocale;
  readonly title: string;
  readonly text: string;
  /** SHA-256 of `title`, a line feed and `text`, hex. */
  readonly textHash: string;
}

interface Wording {
  readonly title: string;
  readonly text: string;
}
type Version = Readonly<Record<ConsentPurpose, Readonly<Record<ConsentLocale, Wording>>>>;

/** Newest first; the first is in force. */
const VERSIONS: readonly (readonly [version: string, texts: Version])[] = [
  [
    '2026-11',
    {
      FACE_VERIFICATION: {
        'zh-CN': {
          title: '人脸核验',
          text: '为确认是您本人在学习，平台在开始时和学习中随机请您做几个动作，并把画面中的人脸与登记照片比对；这是在线补贴培训的必要环节，只用于本次培训。登记照片和由它得到的人脸特征加密保存，培训结束或您撤回同意时删除；核验用的连续画面不保存，只留一张正脸照片作为核验证据，保存办法见“随机影像照片的保存”。人脸信息一旦泄露可能被他人冒用，因此只有经授权的人员可以查看，每次查看都有记录。您可以拒绝，或随时撤回：不同意者可以选择人工核验或到培训点学习，不影响您参加培训。',
        },
        en: {
          title: 'Face checks',
          text: 'To confirm that it is you who studies, the platform asks you at the start and at random for a few movements and compares your face with your registered photo. Subsidised online training cannot do without it, and it is used for this training only. The photo and the features read from it are kept encrypted and are deleted when the training ends or you withdraw. The moving pictures of a check are not kept; one picture of your face is, as evidence, under the terms of “Keeping random snapshots”. Face data in wrong hands could be used to pose as you: only authorised people may see it, and each look is recorded. You may refuse, or withdraw at any time: a check by a person, or a training point, is open to you instead.',
        },
      },
      SNAPSHOT_RETENTION: {
        'zh-CN': {
          title: '随机影像照片的保存',
          text: '按主管部门要求，每课时随机拍摄并保存您的影像照片，作为培训真实性的证据。拍摄时没有提示；照片中若有他人则不保存。照片加密保存，到补贴发放后的规定期限（一般为 24 个月）届满时删除；只有您、培训机构和监管部门可以查看，查看时加水印，每次都有记录。您可以拒绝，或随时撤回：撤回后照片即行删除，此前的学习记录仍然有效，之后可以到培训点学习。',
        },
        en: {
          title: 'Keeping random snapshots',
          text: 'As the authority requires, a picture of you is taken at random in every class hour and kept as evidence that the training is real. There is no cue when it is taken; a picture that shows other people is not kept. Pictures are kept encrypted until the term after the subsidy was paid is over (24 months as a rule). Only you, the training provider and the authority may see them, with a watermark, and each look is recorded. You may refuse, or withdraw at any time: the pictures are then deleted, what you studied before still counts, and a training point is open to you.',
        },
      },
      SUPERVISION_TRANSFER: {
        'zh-CN': {
          title: '向监管部门提供学习记录',
          text: '您的学习记录和有效性报告可提供给培训所在地人力资源和社会保障部门，用于核实补贴培训；提供的内容包括学习时间、核验结果和随机影像照片，姓名和证件号码在报告中作遮挡处理。您可以拒绝，或随时撤回；已经提供的记录由该部门依法处理。',
        },
        en: {
          title: 'Passing records to the authority',
          text: 'Your study record and its validity report may be given to the department of human resources and social security at the place of training, to verify the subsidised training: times of study, results of checks and random snapshots. Name and document number are masked in the report. You may refuse, or withdraw at any time; what was given before is handled by that department under the law.',
        },
      },
      GUARDIAN: {
        'zh-CN': {
          title: '监护人同意',
          text: '学员未满十八周岁。我是学员的监护人，已阅读“人脸核验”“随机影像照片的保存”和“向监管部门提供学习记录”，同意学员按其本人的选择参加在线培训。学员的影像每次查看都要写明理由。我可以随时撤回，撤回后学员的人脸信息和照片即行删除。',
        },
        en: {
          title: 'Consent of the guardian',
          text: 'The trainee is under eighteen. I am the guardian, have read “Face checks”, “Keeping random snapshots” and “Passing records to the authority”, and agree that the trainee takes part in the online training as he or she has chosen. Each look at the trainee’s pictures needs a written reason. I may withdraw at any time; face data and pictures of the trainee are then deleted.',
        },
      },
    },
  ],
];

const hashOf = ({ title, text }: Wording): string => createHash('sha256').update(`${title}\n${text}`, 'utf8').digest('hex');

/** Every text there ever was, newest version first. */
export const CONSENT_TEXTS: readonly ConsentText[] = VERSIONS.flatMap(([version, texts]) =>
  (Object.keys(texts) as ConsentPurpose[]).flatMap((purpose) =>
    CONSENT_LOCALES.map((locale) => ({ version, purpose, locale, ...texts[purpose][locale], textHash: hashOf(texts[purpose][locale]) })),
  ),
);

export const CONSENT_TEXT_VERSION: string = VERSIONS[0]?.[0] ?? '';

/** The text in force for a purpose. */
export function consentTextFor(purpose: ConsentPurpose, locale: ConsentLocale): ConsentText {
  const text = CONSENT_TEXTS.find((candidate) => candidate.version === CONSENT_TEXT_VERSION && candidate.purpose === purpose && candidate.locale === locale);
  if (text === undefined) throw new Error(`no text for ${purpose} in ${locale}`);
  return text;
}
