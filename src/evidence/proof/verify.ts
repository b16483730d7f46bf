/**
 * The offline verification of an evidence bundle, and of the report that rests on it. Pure and the same in Node and in
 * browsers; needs no network and no word of the service. It never throws: whatever it is given, the answer is a list of
 * checks, each with the first broken place.
 */
import {
  checkAlgorithms, checkChain, checkCommitment, checkImages, checkManifest, checkPolicy, checkSchedule, type Picture,
} from './bundle-checks.js';
import { JWS_TYPES, manifestHashOf } from './format.js';
import { checkJws, type KeySet, keySetOf } from './jws.js';
import { type Bundle, readBundle } from './read-bundle.js';
import { type EngineInfo, checkReplay } from './replay-checks.js';
import {
  checkAgreement, checkConsistency, checkInclusion, checkReportSignature, checkTimestamp, checkTreeHead, type KeptHead, readReport, type SignedReport,
} from './report-checks.js';
import { type Check, type CheckId, CHECKS, failed, flaw, messageOf, passed, skipped } from './result.js';

export interface VerifyInput {
  /** The engine this verifier was built with. */
  readonly engine: EngineInfo;
  /** The signed report, as parsed JSON. */
  readonly report?: unknown;
  /** The published key set (JWKS), as parsed JSON. Without it no signature can be checked. */
  readonly jwks?: unknown;
  /** A tree head that was kept before, with the consistency proof to or from the report's. */
  readonly keptHead?: KeptHead;
  /** Certificates (DER) of time-stamping authorities to trust. */
  readonly tsaCertificates?: readonly Uint8Array[];
  /** Pictures at hand, without the packet of facts that downloads carry, each with its digest key. */
  readonly pictures?: readonly Picture[];
}

export interface Verification {
  /** The bundle's signature was checked and nothing failed. What was not given is SKIPPED and stays open. */
  readonly ok: boolean;
  readonly sessionId: string | null;
  readonly verdict: string | null;
  readonly checks: readonly Check[];
}

/** Verifies a bundle given as bytes or text. */
export async function verifyBundle(data: Uint8Array | string, input: VerifyInput): Promise<Verification> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const read = readBundle(bytes);
  if ('flaw' in read) return { ok: false, sessionId: null, verdict: null, checks: [failed('format', read.flaw), ...bundleSkipped()] };
  const { bundle } = read;
  const keys = keySetOf(input.jwks);
  const checks: Check[] = [passed('format', `${bundle.entries.length + 3} 行均为规范 JSON`, `${bundle.entries.length + 3} lines, all canonical JSON`)];
  checks.push(guarded('algorithms', () => checkAlgorithms(bundle)));
  checks.push(await checkSignature(bundle, keys));
  const chain = guarded('chain', () => checkChain(bundle));
  checks.push(chain);
  checks.push(...contentChecks(bundle, input));
  checks.push(...(await reportChecks(bundle, input, keys)));
  const isSigned = checks.some(({ id, outcome }) => id === 'signature' && outcome === 'PASS');
  return { ok: isSigned && checks.every(({ outcome }) => outcome !== 'FAIL'), sessionId: bundle.manifest.sessionId, verdict: bundle.manifest.verdict, checks };
}

/** What the journal says, recomputed. */
function contentChecks(bundle: Bundle, { engine, pictures = [] }: VerifyInput): readonly Check[] {
  return [
    guarded('manifest', () => checkManifest(bundle)),
    guarded('policy', () => checkPolicy(bundle)),
    guarded('commitment', () => checkCommitment(bundle)),
    guarded('schedule', () => checkSchedule(bundle)),
    ...checkReplay(bundle, engine),
    guarded('images', () => checkImages(bundle, pictures)),
  ];
}

/** Tells a changed manifest from a changed signature: the signature itself still fits its own payload. */
async function checkSignature({ manifest, manifestLine, entries, jws }: Bundle, keys: KeySet | null): Promise<Check> {
  if (keys === null) return skipped('signature', '未提供公钥集(jwks.json)，无法确认由谁出具', 'No key set (jwks.json) was given: who made this cannot be told');
  const payload = manifestHashOf(manifestLine);
  const answer = await checkJws({ jws, typ: JWS_TYPES.bundle, payload, isDetached: false, notBefore: manifest.closedAt }, keys);
  if (answer.outcome === 'PASS') return passed('signature', `由密钥 ${answer.kid} 签署`, `Signed by key ${answer.kid}`);
  if (answer.outcome === 'UNABLE') return skipped('signature', `本机无法核验 Ed25519 签名: ${answer.reason}`, `This machine cannot check Ed25519 signatures: ${answer.reason}`);
  if (answer.isPayload) return failed('signature', flaw('清单在签署之后被改动', 'The manifest was changed after it was signed', { line: 1 }));
  return failed('signature', { ...answer.flaw, at: { line: entries.length + 3 } });
}

async function reportChecks(bundle: Bundle, { report: given, keptHead, tsaCertificates = [] }: VerifyInput, keys: KeySet | null): Promise<readonly Check[]> {
  if (given === undefined) return REPORT_CHECKS.map((id) => skipped(id, '未提供报告', 'No report was given'));
  let report: SignedReport;
  try {
    report = readReport(given);
  } catch (error) {
    const wrong = failed('report.signature', flaw('不是已签名的学习过程有效性报告', `Not a signed session report: ${messageOf(error)}`));
    return [wrong, ...REPORT_CHECKS.slice(1).map((id) => skipped(id, '报告无法读取', 'The report cannot be read'))];
  }
  const own = [await guardedAsync('report.signature', () => checkReportSignature(report, keys)), guarded('report.agreement', () => checkAgreement(report, bundle))];
  const { log } = report.view.evidence;
  if (log == null) return [...own, ...LOG_CHECKS.map((id) => skipped(id, '报告尚无公开日志证明', 'The report has no proof from the public log yet'))];
  return [
    ...own,
    guarded('log.inclusion', () => checkInclusion(log, bundle)),
    await guardedAsync('log.head', () => checkTreeHead(log.treeHead, keys)),
    keptHead === undefined
      ? skipped('log.consistency', '未提供已存树头', 'No tree head kept before was given')
      : guarded('log.consistency', () => checkConsistency(log, keptHead)),
    await guardedAsync('log.timestamp', () => checkTimestamp(log.treeHead, tsaCertificates)),
  ];
}

const LOG_CHECKS = ['log.inclusion', 'log.head', 'log.consistency', 'log.timestamp'] as const satisfies readonly CheckId[];
const REPORT_CHECKS = ['report.signature', 'report.agreement', ...LOG_CHECKS] as const satisfies readonly CheckId[];

const bundleSkipped = (): readonly Check[] =>
  (Object.keys(CHECKS) as CheckId[]).filter((id) => id !== 'format').map((id) => skipped(id, '文件格式有误，未核验', 'Not checked: the file is not in the format'));

/** A bundle may be well formed and yet say nonsense; nonsense fails the check that met it. */
function guarded(id: CheckId, check: () => Check): Check {
  try {
    return check();
  } catch (error) {
    return nonsense(id, error);
  }
}

async function guardedAsync(id: CheckId, check: () => Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    return nonsense(id, error);
  }
}

const nonsense = (id: CheckId, error: unknown): Check => failed(id, flaw('内容无法理解', `The content makes no sense: ${messageOf(error)}`));
