/** The verdict recomputed: the journal goes once more through the engine that judged the session live. */
import type { SessionEvent } from '../../rules/event.js';
import type { Finding } from '../../rules/finding.js';
import { type SessionState, unopened } from '../../rules/state.js';
import { step, verdictOf } from '../../rules/step.js';
import { isoOf } from './bundle-checks.js';
import { canonicalJson } from './canonical.js';
import { sha256Hex } from './digest.js';
import { type Bundle, lineOfSeq } from './read-bundle.js';
import { type Check, failed, flaw, messageOf, passed, type Place } from './result.js';

/** Of the sources this verifier was built from: the engine within it. */
export interface EngineInfo {
  readonly version: string;
}

interface Replay {
  readonly state: SessionState;
  /** As it stood when the session was sealed; null without a seal. */
  readonly verdictAtSeal: string | null;
}

/** Entry at which the engine could not go on. */
class ReplayBroken extends Error {
  constructor(readonly seq: number, cause: unknown) {
    super(messageOf(cause));
  }
}

export function checkReplay(bundle: Bundle, engine: EngineInfo): readonly Check[] {
  try {
    const { state, verdictAtSeal } = replay(bundle);
    if (state.status === 'unopened') throw new ReplayBroken(1, 'nothing was opened');
    return [checkFindings(bundle, state.findings, engine), checkVerdict(bundle, state, verdictAtSeal, engine)];
  } catch (error) {
    const seq = error instanceof ReplayBroken ? error.seq : bundle.entries.length;
    const broken = flaw(`第 ${seq} 条日志无法重放`, `Entry ${seq} cannot be replayed: ${messageOf(error)}`, { line: lineOfSeq(seq), seq });
    return [failed('findings', broken), failed('verdict', broken)];
  }
}

function replay({ entries }: Bundle): Replay {
  let state: SessionState = unopened;
  let verdictAtSeal: string | null = null;
  for (const { seq, event } of entries) {
    try {
      state = step(state, event as unknown as SessionEvent).state;
      if (event.type === 'session.sealed') verdictAtSeal = verdictOf(state);
    } catch (error) {
      throw new ReplayBroken(seq, error);
    }
  }
  return { state, verdictAtSeal };
}

function checkFindings({ manifest, findings, findingsLine, entries }: Bundle, right: readonly Finding[], engine: EngineInfo): Check {
  const line = entries.length + 2;
  if (sha256Hex(findingsLine) !== manifest.findings.hash || findings.length !== manifest.findings.count) {
    return failed('findings', flaw('发现项不是清单所列的', 'The findings are not those the manifest names', { line }));
  }
  const index = Array.from({ length: Math.max(findings.length, right.length) }).findIndex((_, at) => spelling(findings[at]) !== spelling(right[at]));
  if (index === -1) return passed('findings', `${right.length} 个发现项与重算结果相同`, `${right.length} findings are those the engine establishes`);
  const [named, found] = [findings[index]?.code ?? '无', right[index]?.code ?? '无'];
  const seq = Math.min(findings[index]?.seq ?? Infinity, right[index]?.seq ?? Infinity);
  return failed(
    'findings',
    flaw(
      `第 ${index + 1} 个发现项写为 ${named}，重算为 ${found}${otherEngine(manifest, engine).zh}`,
      `Finding ${index + 1} is given as ${named}; recomputed it is ${found}${otherEngine(manifest, engine).en}`,
      { line, seq },
    ),
  );
}

const spelling = (finding: unknown): string => canonicalJson(finding ?? null);

function checkVerdict({ manifest, entries }: Bundle, state: Exclude<SessionState, { readonly status: 'unopened' }>, atSeal: string | null, engine: EngineInfo): Check {
  const right = verdictOf(state);
  const sealed = entries.find(({ event }) => event.type === 'session.sealed');
  const differing = (zh: string, en: string, at: Place): Check =>
    failed('verdict', flaw(`${zh}${otherEngine(manifest, engine).zh}`, `${en}${otherEngine(manifest, engine).en}`, at));
  if (sealed === undefined || state.status !== 'closed') return differing('日志没有到达结论', 'The journal does not come to a verdict', { line: lineOfSeq(entries.length), seq: entries.length });
  const written = String(sealed.event['verdict']);
  if (written !== atSeal) return differing(`封存的结论 ${written}，重算为 ${atSeal}`, `Sealed as ${written}; recomputed it is ${atSeal}`, { line: lineOfSeq(sealed.seq), seq: sealed.seq });
  if (manifest.verdict !== right) return differing(`清单的结论 ${manifest.verdict}，重算为 ${right}`, `The manifest says ${manifest.verdict}; recomputed it is ${right}`, { line: 1 });
  if (manifest.closedAt !== isoOf(state.closedAt)) return differing('清单的结束时间与重算不符', 'The closing time of the manifest is not the recomputed one', { line: 1 });
  return passed('verdict', `由日志重算得出同一结论 ${right}`, `The journal leads to the same verdict, ${right}`);
}

/** Another engine may judge otherwise: that has to be said before anyone is accused. */
function otherEngine({ engineVersion }: Bundle['manifest'], { version }: EngineInfo): { readonly zh: string; readonly en: string } {
  if (engineVersion === version) return { zh: '', en: '' };
  return {
    zh: `(证据包由引擎 ${engineVersion} 生成，本程序为 ${version}；请用相同版本再核验)`,
    en: ` (the bundle was made by engine ${engineVersion}, this is ${version}: verify with the same version)`,
  };
}
