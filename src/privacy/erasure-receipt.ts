import { z } from 'zod';
import { ERASURE_GROUNDS, type ErasureGround } from '../evidence/stored-image.entity.js';
import { ERASURE_SCOPES, type ErasureEntity } from './erasure.entity.js';

export const RECEIPT_FORMAT = 'xuejian.erasure-receipt/1';

const count = z.number().int().nonnegative();
const words = z.strictObject({ zh: z.string(), en: z.string() });

const countsSchema = z.strictObject({
  /** Templates (descriptors) of reference faces. */
  templates: count,
  /** Photos, and pictures of checks, that waited to be judged. */
  waiting: count,
  pictures: z.strictObject({ snapshot: count, liveness: count, reference: count, disputed: count }),
  /** Trainee's key that was destroyed, with everything that lay under it; null while pictures of others kinds need it. */
  traineeKeyId: z.string().nullable(),
});
/** What one erasure made unreadable. */
export type ErasureCounts = z.infer<typeof countsSchema>;

export const erasureReceiptSchema = z.strictObject({
  format: z.literal(RECEIPT_FORMAT),
  erasureId: z.uuid(),
  platformId: z.uuid(),
  traineeId: z.uuid(),
  scope: z.enum(ERASURE_SCOPES),
  ground: z.enum(ERASURE_GROUNDS),
  basis: words.meta({ description: 'The rule of law or of the policy it was done under' }),
  rule: z.string().nullable().meta({ description: 'Parameter with its value, where the time was over' }),
  orderedBy: z.string(),
  orderedAt: z.iso.datetime(),
  shreddedAt: z.iso.datetime().meta({ description: 'Since then nothing of it can be read' }),
  issuedAt: z.iso.datetime(),
  erased: countsSchema,
  remaining: z.strictObject({ files: count }).meta({ description: 'Encrypted files whose removal failed so far: unreadable, and tried again' }),
  kept: z.array(words).meta({ description: 'What stays, and why' }),
});
/** What was erased, when, on what ground, and what is left; signed. */
export type ErasureReceipt = z.infer<typeof erasureReceiptSchema>;

const BASIS: Readonly<Record<ErasureGround, { readonly zh: string; readonly en: string }>> = {
  REQUEST: { zh: '个人请求删除（个人信息保护法第四十七条）', en: 'Erasure on request (PIPL art. 47)' },
  CONSENT_WITHDRAWN: { zh: '撤回同意（个人信息保护法第十五条、第四十七条）', en: 'Consent withdrawn (PIPL art. 15, 47)' },
  RETENTION: { zh: '保存期限届满（个人信息保护法第十九条、第四十七条）', en: 'The time of keeping is over (PIPL art. 19, 47)' },
};

const RECORDS = {
  zh: '学习日志、结论、带密钥摘要（已不能指认照片）、同意与删除记录，以及据以对应到本人的姓名和证件号码：法定保存期内只存储不作他用，到期删除',
  en: 'Journals, verdicts, keyed digests (which no longer name a picture), records of consents and erasures, and the name and number they belong to: stored only, until their legal time is over',
};
const PICTURES = { zh: '学习中留存的随机影像照片：另有单独同意', en: 'Random snapshots of sessions: kept under a consent of their own' };
const TEMPLATES = { zh: '人脸核验所用的登记照片和特征：另有单独同意', en: 'Reference face and template for face checks: kept under a consent of their own' };
const OTHERS = { zh: '保存期限未到的其他影像', en: 'Pictures whose time is not over' };

const HELD = { zh: '被依法保全的学习的影像：保全解除后删除', en: 'Pictures of sessions under a legal hold: erased once it is lifted' };

export interface ErasureState {
  readonly erasure: ErasureEntity;
  readonly counts: ErasureCounts;
  readonly shreddedAt: Date;
  readonly filesLeft: number;
  readonly isHeld: boolean;
  readonly issuedAt: Date;
}

/** The receipt of an erasure as it stands. */
export function receiptOf({ erasure, counts, shreddedAt, filesLeft, isHeld, issuedAt }: ErasureState): ErasureReceipt {
  const { id, platformId, traineeId, scope, ground, rule, orderedBy, orderedAt } = erasure;
  const also = { FACE: [PICTURES], PICTURES: [TEMPLATES], ALL: [], EXPIRED: [OTHERS] }[scope];
  return {
    format: RECEIPT_FORMAT,
    erasureId: id,
    platformId,
    traineeId,
    scope,
    ground,
    basis: BASIS[ground],
    rule,
    orderedBy,
    orderedAt: orderedAt.toISOString(),
    shreddedAt: shreddedAt.toISOString(),
    issuedAt: issuedAt.toISOString(),
    erased: counts,
    remaining: { files: filesLeft },
    kept: [...(isHeld ? [HELD] : []), ...also, RECORDS],
  };
}
