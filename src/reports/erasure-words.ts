import type { PictureErasure } from '../evidence/image-vault.js';
import type { ErasureGround } from '../evidence/stored-image.entity.js';
import type { ReportPictureErasure, Words } from './report-parts.schema.js';

const WORDS: Readonly<Record<ErasureGround, Words>> = {
  REQUEST: { zh: '照片曾留存并在当时判定；已应本人请求删除', en: 'Kept and judged at the time; erased at the person’s request' },
  CONSENT_WITHDRAWN: { zh: '照片曾留存并在当时判定；已因撤回同意删除', en: 'Kept and judged at the time; erased because consent was withdrawn' },
  RETENTION: { zh: '照片曾留存并在当时判定；保存期限届满已删除', en: 'Kept and judged at the time; erased because its time was over' },
};

/** What became of pictures that are erased, for the report. */
export const erasuresOf = (erasures: ReadonlyMap<string, PictureErasure>): ReportPictureErasure[] =>
  [...erasures].map(([imageId, { at, ground, rule, erasureId }]) => ({ imageId, erasedAt: at.toISOString(), ground, rule, erasureId, words: WORDS[ground] }));
