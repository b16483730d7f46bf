/** The verdict in all its readings, how it came to be, and what it means for each class hour the session covers. */
import { voidsCredit } from '../rules/effects.js';
import { FINDING_KINDS, type Finding, type FindingCode } from '../rules/finding.js';
import { removeInterval, totalMs } from '../rules/interval-set.js';
import { lessonParts } from '../rules/lesson-parts.js';
import { decisionOf, voidsOf } from '../rules/scope.js';
import type { VerdictChange } from '../rules/state.js';
import type { SessionVerdict } from '../rules/types.js';
import { failureOf, readings } from '../rules/verdict.js';
import { iso, type OpenedSession } from './journal-steps.js';
import type { ReportFaceCheck, ReportPart, RuleResult, Words } from './report-parts.schema.js';
import type { UnsignedReport } from './report.schema.js';
import { reportFinding } from './rule-results.js';
import { DECISION_WORDS, ruleWords, VERDICT_WORDS } from './words.js';

export function verdictsOf(state: OpenedSession, rules: readonly RuleResult[]): UnsignedReport['verdict'] {
  const { policy, strict, classHour } = readings(state);
  const failure = failureOf(state);
  const failed = failure === null ? null : reportFinding(state, failure);
  const history = state.status === 'closed' ? state.verdictHistory.map((change) => ({ ...change, at: iso(change.at), words: changeWords(change) })) : [];
  return {
    policy,
    strict,
    classHour,
    strictScope: 'ENROLMENT',
    strictBecause: [...new Set(state.findings.filter(({ effect }) => effect !== 'RECORD_ONLY').map(({ code }) => code))],
    words: VERDICT_WORDS[policy],
    reason: history.length > 1 ? (history.at(-1)?.words ?? VERDICT_WORDS[policy]) : reasonOf(policy, failed?.words ?? null, rules),
    failed:
      failed === null
        ? null
        : {
            rule: failed.rule, code: failed.code, clause: failed.rule === null ? null : ruleWords(failed.rule as `R${number}`).clause,
            words: failed.words, at: failed.at, seq: failed.seq,
          },
    history,
  };
}

function changeWords({ why }: VerdictChange): Words {
  if (why in DECISION_WORDS) return DECISION_WORDS[why as keyof typeof DECISION_WORDS];
  const { zh, en } = FINDING_KINDS[why as FindingCode];
  return { zh, en };
}

function reasonOf(verdict: SessionVerdict, failed: Words | null, rules: readonly RuleResult[]): Words {
  const open = rules.filter(({ outcome }) => outcome === (verdict === 'PENDING_REVIEW' ? 'REVIEW' : 'INCOMPLETE'));
  const listed = { zh: open.map(({ words }) => words.zh).join('；'), en: open.map(({ words }) => words.en).join('; ') };
  switch (verdict) {
    case 'INVALID':
      return failed ?? { zh: '有检查未通过', en: 'A check failed' };
    case 'VALID':
      return { zh: '各项监管检查全部通过，课程已学完', en: 'Every check has passed and the lesson is watched to its end' };
    case 'PENDING_REVIEW':
      return { zh: `课程已学完，须人工复核：${listed.zh}`, en: `The lesson is watched to its end; a person must review: ${listed.en}` };
    case 'INCOMPLETE':
      return listed.zh === '' ? { zh: '学习尚未结束', en: 'The session has not ended' } : { zh: `学习尚未结束：${listed.zh}`, en: `The session has not ended: ${listed.en}` };
    case 'NOT_RECOGNISED':
      return failed ?? { zh: '依规定不予认可', en: 'Not recognised under the rules' };
  }
}

/** Class hours, or the parts of one, that the session covers: each with what was found in it and its own verdict. */
export function partsOf(state: OpenedSession, faceChecks: readonly ReportFaceCheck[]): ReportPart[] {
  const { opened, schedule, slices, ledger } = state;
  const { policy, lesson } = opened;
  return lessonParts(lesson.durationMs, policy).map(({ index, fromMs, toMs }) => {
    const creditedMs = Math.round(totalMs(removeInterval(removeInterval(ledger.coverage, [0, fromMs]), [toMs, Infinity])));
    const inside = state.findings.filter((found) => isInside(found, state, fromMs, toMs));
    return {
      index,
      fromMs,
      toMs,
      creditedMs,
      verdict: partVerdict(state, inside, creditedMs, fromMs, toMs),
      findings: inside.map(({ seq, code, rule, effect }) => ({ seq, code, rule, effect })),
      snapshots: { required: policy.snapshot.minPerPart, qualifying: slices.R6.qualifying.filter(({ part }) => part === index).length },
      faceChecks: {
        required: schedule === null ? policy.face.randomPerPart : schedule.faceChecks.filter(({ part }) => part === index).length,
        passed: faceChecks.filter(({ part, outcome }) => part === index && outcome === 'PASSED').length,
      },
    };
  });
}

/** It takes credit of this part, or was found while this part was being earned. */
function isInside(found: Finding, state: OpenedSession, fromMs: number, toMs: number): boolean {
  const overlaps = voidsOf(found, state).some(([from, to]) => from < toMs && to > fromMs);
  return overlaps || (found.creditedMs >= fromMs && found.creditedMs < toMs);
}

function partVerdict(state: OpenedSession, inside: readonly Finding[], creditedMs: number, fromMs: number, toMs: number): ReportPart['verdict'] {
  const { policy: session, strict } = readings(state);
  const decision = decisionOf(state);
  const isVoided = inside.some((found) => {
    const voids = voidsOf(found, state);
    // What failed before anything was credited has no credit to take and fails its class hour all the same.
    return voids.length === 0 ? decision !== 'OVERTURNED' && voidsCredit(found) : voids.some(([from, to]) => from < toMs && to > fromMs);
  });
  const isDoubtful = decision === null && inside.some(({ effect }) => effect === 'REVIEW');
  const isWhole = creditedMs >= (toMs - fromMs) * state.opened.policy.completion.minCoverage;
  const classHour: SessionVerdict =
    session === 'NOT_RECOGNISED' ? session : isVoided ? 'INVALID' : isDoubtful ? 'PENDING_REVIEW' : isWhole && state.status === 'closed' ? 'VALID' : 'INCOMPLETE';
  const isBySession = state.opened.policy.invalidation.scope === 'SESSION' && session === 'INVALID';
  return { policy: isBySession ? session : classHour, strict: strict === 'INVALID' ? strict : classHour, classHour };
}
