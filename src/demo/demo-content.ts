import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Folder of the sample platform's pages, beside this module both in `src` and in `dist`. */
export const PUBLIC_DIR = fileURLToPath(new URL('./public/', import.meta.url));

const mediaSchema = z.array(
  z.object({
    file: z.string(),
    title: z.object({ zh: z.string(), en: z.string() }),
    durationMs: z.number().int(),
    sha256: z.string(),
  }),
);
export type DemoMedia = z.infer<typeof mediaSchema>[number];

/** The videos with their exact lengths and hashes, as the script that made them wrote it down. */
export const readMedia = (): readonly DemoMedia[] => mediaSchema.parse(JSON.parse(readFileSync(`${PUBLIC_DIR}media/media.json`, 'utf8')));

export interface CoursePlan {
  readonly ref: string;
  readonly title: string;
  readonly titleEn: string;
  readonly policyId: string;
  /** Files of `readMedia`, in content order. */
  readonly files: readonly string[];
}

export const COURSES: readonly CoursePlan[] = [
  {
    ref: 'electrical-safety',
    title: '电工安全培训（示例）',
    titleEn: 'Electrical safety (sample)',
    policyId: 'demo',
    files: ['electrical-1-danger.webm', 'electrical-2-isolation.webm', 'electrical-3-first-aid.webm'],
  },
  {
    ref: 'low-voltage',
    title: '低压电工作业（默认策略，约 6 分钟）',
    titleEn: 'Low-voltage work (default policy, about 6 minutes)',
    policyId: 'cn-henan-nanyang-2022',
    files: ['low-voltage-regulations.webm'],
  },
];

/** Invented people: their document numbers belong to nobody. */
export const TRAINEES = [
  { ref: 'demo-zhang', name: '张示例', idNumber: 'DEMO-ZHANG-0001' },
  { ref: 'demo-li', name: '李示例', idNumber: 'DEMO-LI-0002' },
] as const;
