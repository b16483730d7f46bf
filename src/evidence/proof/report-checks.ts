/** A report against its signature, its bundle, and the public log. */
import { z } from 'zod';
import { canonicalJson } from './canonical.js';
import { hasWebCrypto } from './digest.js';
import { JWS_TYPES, leafData, type LogProof, logProofSchema, manifestHashOf, reportSignatureSchema, type TreeHead, treeHeadPayload } from './format.js';
import { checkJws, type KeySet } from './jws.js';
import { leafHash, rootFromInclusion, verifyConsistency } from './merkle.js';
import type { Bundle } from './read-bundle.js';
import { type Check, type CheckId, failed, flaw, messageOf, passed, skipped } from './result.js';
import { TimestampError, verifyTimestamp } from './timestamp.js';

const findingSchema = z.looseObject({ code: z.string(), effect: z.string(), seq: z.number(), rule: z.string().nullable() });

/** What the verifier reads of a report; the rest is covered by the signature. */
const reportSchema = z.looseObject({
  generatedAt: z.iso.datetime(),
  verdict: z.looseObject({ policy: z.string() }),
  session: z.looseObject({ sessionId: z.string() }),
  policy: z.looseObject({ hash: z.string() }),
  rules: z.array(z.looseObject({ findings: z.array(findingSchema) })),
  otherFindings: z.array(findingSchema),
  randomness: z.looseObject({ commitment: z.string() }),
  evidence: z.looseObject({ entries: z.number(), headHash: z.string(), log: logProofSchema.nullish() }),
  signature: reportSignatureSchema,
});
export type ReportView = z.infer<typeof reportSchema>;

export interface SignedReport {
  readonly view: ReportView;
  /** RFC 8785 text of everything but the signature. */
  readonly signed: string;
}

/** @throws Error when it is no signed report. */
export function readReport(value: unknown): SignedReport {
  const view = reportSchema.parse(value);
  const { signature: _signature, ...rest } = value as Record<string, unknown>;
  return { view, signed: canonicalJson(rest) };
}

export async function checkReportSignature({ view, signed }: SignedReport, keys: KeySet | null): Promise<Check> {
  const { jws, keyId } = view.signature;
  return signatureCheck('report.signature', { jws, typ: JWS_TYPES.report, payload: signed, isDetached: true, notBefore: view.generatedAt }, keys, keyId);
}

/** The outcome of one signature as a check; `kid`, where the object names one beside the signature, has to be the same. */
export async function signatureCheck(id: CheckId, question: Parameters<typeof checkJws>[0], keys: KeySet | null, kid: string | null = null): Promise<Check> {
  if (keys === null) return skipped(id, '未提供公钥集(jwks.json)', 'No key set (jwks.json) was given');
  const answer = await checkJws(question, keys);
  if (answer.outcome === 'UNABLE') return skipped(id, `本机无法核验 Ed25519 签名: ${answer.reason}`, `This machine cannot check Ed25519 signatures: ${answer.reason}`);
  if (answer.outcome === 'FAIL') return failed(id, answer.flaw);
  if (kid !== null && kid !== answer.kid) return failed(id, flaw('签名密钥与所写名称不符', 'The signature is by another key than is written beside it'));
  return passed(id, `由密钥 ${answer.kid} 签署`, `Signed by key ${answer.kid}`);
}

export function checkAgreement({ view }: SignedReport, { manifest, findings }: Bundle): Check {
  const { entries, headHash } = view.evidence;
  if (view.session.sessionId !== manifest.sessionId) return failed('report.agreement', flaw('报告属于另一次学习', 'The report is about another session'));
  if (entries !== manifest.journal.entries || headHash !== manifest.journal.headHash) {
    return failed('report.agreement', flaw(
      `报告依据 ${entries} 条日志，证据包有 ${manifest.journal.entries} 条，两者不是同一版本`,
      `The report rests on ${entries} entries, the bundle has ${manifest.journal.entries}: they are not of the same version`,
    ));
  }
  const facts: readonly (readonly [isRight: boolean, zh: string, en: string])[] = [
    [view.verdict.policy === manifest.verdict, '结论', 'verdict'],
    [view.policy.hash === manifest.policy.hash, '策略哈希', 'hash of the policy'],
    [view.randomness.commitment === manifest.commitment, '随机性承诺', 'commitment'],
    [canonicalJson(findingKeys(reportFindings(view))) === canonicalJson(findingKeys(findings)), '发现项', 'findings'],
  ];
  const wrong = facts.find(([isRight]) => !isRight);
  if (wrong !== undefined) return failed('report.agreement', flaw(`报告的${wrong[1]}与证据包不符`, `The ${wrong[2]} of the report differ from the bundle`));
  return passed('report.agreement', '结论、发现项、策略、承诺与链头一致', 'Verdict, findings, policy, commitment and head of the chain are the same');
}

const reportFindings = ({ rules, otherFindings }: ReportView) => [...rules.flatMap(({ findings }) => findings), ...otherFindings];
const findingKeys = (findings: readonly z.infer<typeof findingSchema>[]): readonly string[] =>
  findings.map(({ seq, code, effect, rule }) => `${seq} ${code} ${effect} ${rule}`).sort();

export function checkInclusion(proof: LogProof, { manifest, manifestLine }: Bundle): Check {
  const { sessionId, verdict, closedAt } = manifest;
  const leaf = leafHash(leafData({ kind: 'CLOSED', sessionId, manifestHash: manifestHashOf(manifestLine), verdict, closedAt }));
  const root = rootFromInclusion(leaf, proof.leafIndex, proof.treeSize, proof.inclusionPath);
  if (root !== proof.rootHash || proof.rootHash !== proof.treeHead.rootHash || proof.treeSize !== proof.treeHead.treeSize) {
    return failed('log.inclusion', flaw('收录证明得不出树头的根哈希', 'The proof does not lead to the root of the tree head'));
  }
  return passed('log.inclusion', `第 ${proof.leafIndex} 号叶，树大小 ${proof.treeSize}`, `Leaf ${proof.leafIndex} of ${proof.treeSize}`);
}

export const checkTreeHead = (head: TreeHead, keys: KeySet | null): Promise<Check> =>
  signatureCheck('log.head', { jws: head.jws, typ: JWS_TYPES.treeHead, payload: treeHeadPayload(head), isDetached: true, notBefore: head.timestamp }, keys);

/** A head someone kept, and the way from the smaller tree to the larger one when their sizes differ. */
export interface KeptHead {
  readonly treeHead: Pick<TreeHead, 'treeSize' | 'rootHash'>;
  readonly consistencyPath?: readonly string[] | undefined;
}

export function checkConsistency({ treeHead: found }: LogProof, { treeHead: kept, consistencyPath }: KeptHead): Check {
  const [older, newer] = kept.treeSize <= found.treeSize ? [kept, found] : [found, kept];
  if (older.treeSize !== newer.treeSize && consistencyPath === undefined) {
    const address = `/v1/log/consistency?from=${older.treeSize}&to=${newer.treeSize}`;
    return skipped('log.consistency', `两个树头大小不同，请另取一致性证明 ${address}`, `The trees differ in size: fetch ${address}`);
  }
  if (!verifyConsistency(older.treeSize, newer.treeSize, older.rootHash, newer.rootHash, consistencyPath ?? [])) {
    return failed('log.consistency', flaw('公开日志的历史被改写', 'The past of the public log was rewritten'));
  }
  return passed('log.consistency', `${older.treeSize} 号树是 ${newer.treeSize} 号树的开头`, `The tree of ${older.treeSize} is the beginning of the tree of ${newer.treeSize}`);
}

export async function checkTimestamp(head: TreeHead, trusted: readonly Uint8Array[]): Promise<Check> {
  if (head.timestampToken === null) return skipped('log.timestamp', '树头没有第三方时间戳', 'The tree head has no third-party timestamp');
  if (!hasWebCrypto()) return skipped('log.timestamp', '本机没有 WebCrypto', 'This machine has no WebCrypto');
  try {
    const token = Uint8Array.from(atob(head.timestampToken), (char) => char.charCodeAt(0));
    const { genTime, authority, isTrusted } = await verifyTimestamp(token, head.rootHash, trusted);
    const at = genTime.toISOString();
    if (isTrusted === null) return skipped('log.timestamp', `${authority} 于 ${at} 签署，未提供可信证书`, `Signed by ${authority} at ${at}; no trusted certificate was given`);
    if (!isTrusted) return failed('log.timestamp', flaw(`${authority} 的证书不可信`, `The certificate of ${authority} does not lead to a trusted one`));
    return passed('log.timestamp', `${authority} 证明该根哈希在 ${at} 已存在`, `${authority} saw this root at ${at}`);
  } catch (error) {
    const reason = error instanceof TimestampError ? error.message : `unreadable: ${messageOf(error)}`;
    return failed('log.timestamp', flaw('时间戳无效', `The timestamp is not valid: ${reason}`));
  }
}
