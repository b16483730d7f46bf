/** Each rule of the notice: its words, its outcome, its findings. */
import { type Effect, FINDING_KINDS, type Finding } from '../rules/finding.js';
import { decisionOf } from '../rules/scope.js';
import { outstanding, RULE_IDS } from '../rules/step.js';
import type { RuleId } from '../rules/types.js';
import { iso, type OpenedSession, positionAt } from './journal-steps.js';
import type { ReportFinding, RuleResult } from './report-parts.schema.js';
import { DECISION_WORDS, OUTSTANDING_WORDS, ruleWords } from './words.js';

export function reportFinding(state: OpenedSession, found: Finding): ReportFinding {
  const { rule, code, effect, attribution, at, seq, detail } = found;
  const { zh, en } = FINDING_KINDS[code];
  return { rule, code, words: { zh, en }, effect, attribution, at: iso(at), seq, positionMs: positionAt(state.ledger.runs, at), detail: { ...detail } };
}

const HARMLESS: ReadonlySet<Effect> = new Set(['RECORD_ONLY', 'WITHHOLD_INTERVAL', 'REVIEW']);

export function ruleResults(state: OpenedSession): RuleResult[] {
  const missing = missingByRule(state);
  return RULE_IDS.map((rule) => ({ rule, clause: ruleWords(rule).clause, english: ruleWords(rule).english, ...resultOf(state, rule, missing.get(rule)) }));
}

function resultOf(state: OpenedSession, rule: RuleId, missing: string | undefined): Omit<RuleResult, 'rule' | 'clause' | 'english'> {
  const findings = state.findings.filter((found) => found.rule === rule).map((found) => reportFinding(state, found));
  const decision = decisionOf(state);
  const doubtful = findings.find(({ effect }) => effect === 'REVIEW');
  const failed = findings.find(({ effect }) => !HARMLESS.has(effect)) ?? (decision === null ? undefined : doubtful);
  if (failed !== undefined && decision === 'OVERTURNED') return { outcome: 'PASSED', code: failed.code, words: DECISION_WORDS.OVERTURNED, findings };
  if (failed !== undefined) return { outcome: 'FAILED', code: failed.code, words: failed.words, findings };
  if (doubtful !== undefined) return { outcome: 'REVIEW', code: doubtful.code, words: doubtful.words, findings };
  if (missing !== undefined) {
    const words = OUTSTANDING_WORDS[rule] ?? { zh: '尚未完成', en: 'Not complete yet' };
    return { outcome: 'INCOMPLETE', code: missing, words, findings };
  }
  return { outcome: 'PASSED', code: null, words: passedWords(state), findings };
}

function passedWords(state: OpenedSession): RuleResult['words'] {
  if (state.status === 'closed' && state.verdict !== 'INVALID') return { zh: '全程符合要求', en: 'Kept throughout' };
  return { zh: '至此未发现问题', en: 'Nothing found up to this point' };
}

/** Also of a closed session: one that failed under one rule has not proved the others to the end. */
export function missingByRule(state: OpenedSession): ReadonlyMap<RuleId, string> {
  return new Map(outstanding({ ...state, status: 'live' }).map(({ rule, code }) => [rule, code]));
}
