import type { CaseAnswer } from '../review/review.schemas.js';
import type { UnsignedReport } from './report.schema.js';

type Review = UnsignedReport['reviews'][number];

/** What people decided about the session, or have to decide still; oldest first. */
export const reviewsOf = (cases: readonly CaseAnswer[]): Review[] =>
  cases.map(({ caseId, kind, reasons, way, state, openedAt, dueAt, decidedAt, acts }) => {
    const decided = acts.find(({ act }) => act === 'DECIDED');
    return {
      caseId,
      kind,
      reasons,
      state,
      openedAt,
      dueAt,
      way,
      decidedAt,
      decidedBy: decided?.reviewer ?? null,
      outcome: textOf(decided?.detail, 'outcome'),
      question: textOf(decided?.detail, 'question'),
      grounds: textOf(decided?.detail, 'reasons') ?? textOf(decided?.detail, 'note'),
      photoImageId: textOf(decided?.detail, 'photoImageId'),
    };
  });

function textOf(detail: Readonly<Record<string, unknown>> | undefined, name: string): string | null {
  const value = detail?.[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
