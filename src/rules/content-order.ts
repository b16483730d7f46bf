/** R5 专业课程学习不按内容先后顺序设置管理: a professional lesson is opened only after those before it are completed. */
import { finding } from './finding.js';
import type { Rule } from './rule.js';

export interface ContentOrderSlice {
  readonly missingLessonId: string | null;
}

export const contentOrder: Rule<ContentOrderSlice> = {
  start(opened) {
    const { scope } = opened.policy.sequence;
    const applies = scope === 'ALL' || (scope === 'PROFESSIONAL' && opened.courseType === 'PROFESSIONAL');
    const missing = applies ? opened.predecessors.find((lesson) => !lesson.isCompleted) : undefined;
    return { missingLessonId: missing?.lessonId ?? null };
  },

  apply(slice, event, context) {
    // The door refuses such a session, so credit in one can only come from a control that was broken.
    if (slice.missingLessonId === null || event.type !== 'beat.received' || (context.claim?.creditedMs ?? 0) === 0) return { slice };
    return { slice, findings: [finding('R5_OUT_OF_ORDER', context.at, context.seq, { missingLessonId: slice.missingLessonId })] };
  },

  holds: () => [],
  wants: () => [],
  deadline: () => null,
  outstanding: (slice) => (slice.missingLessonId === null ? null : 'R5_OUT_OF_ORDER'),
};
