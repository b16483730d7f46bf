import { bundleOf } from '../../src/evidence/bundle/bundle-text.js';
import { type ChainedEntry, chainEntries, GENESIS_HASH } from '../../src/evidence/proof/chain.js';
import {
  type BundleManifest, JWS_TYPES, leafData, type LogProof, manifestHashOf, manifestLineOf, signatureLineOf, type TreeHead, treeHeadPayload,
} from '../../src/evidence/proof/format.js';
import { inclusionPath, leafHash, nodesCompletedBy, rootAt } from '../../src/evidence/proof/merkle.js';
import type { VerifyInput } from '../../src/evidence/proof/verify.js';
import { type SigningKey, signDetached, signingKeyOf, signReport, signText } from '../../src/evidence/signing.js';
import type { SessionEvent } from '../../src/rules/event.js';
import type { SessionSetup, Story } from '../../src/rules/testing/story.js';
import { sampleReport, tellSession } from './sample-report.js';

export const ENGINE = { version: '0.1.0' };
export const KEY = signingKeyOf(new Uint8Array(32).fill(7));
export const PLATFORM_ID = '019abe12-0000-7000-8000-00000000000a';

export const keySetOf = (...keys: readonly SigningKey[]) => ({
  keys: keys.map(({ kid, publicJwk }) => ({ ...publicJwk, kid, alg: 'EdDSA', use: 'sig', nbf: 0 })),
});
export const INPUT: VerifyInput = { engine: ENGINE, jwks: keySetOf(KEY) };

export type Journal = readonly ChainedEntry<SessionEvent>[];

/** A bundle as the service writes it. */
export async function bundleTextOf(journal: Journal, key: SigningKey = KEY): Promise<string> {
  return (await bundleOf(journal, { platformId: PLATFORM_ID, engineVersion: ENGINE.version, images: [] }, key)).text;
}

export const tellBundle = async (tell: (story: Story) => unknown, setup: SessionSetup = {}): Promise<string> => bundleTextOf(tellSession(tell, setup).journal);

/** Chains events anew, as someone who rewrites a journal would. */
export const rechained = (journal: Journal, change: (event: SessionEvent, seq: number) => SessionEvent): Journal =>
  chainEntries(0, GENESIS_HASH, journal.map(({ event, seq }) => change(event, seq)));

/** The lines of a bundle, without their line feeds. */
export const linesOf = (text: string): readonly string[] => text.slice(0, -1).split('\n');
export const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

export const manifestOf = (text: string): BundleManifest => (JSON.parse(linesOf(text)[0] ?? '') as { readonly manifest: BundleManifest }).manifest;

/** The same bundle with another manifest, signed with a key at hand. */
export async function resigned(text: string, change: Partial<BundleManifest>, key: SigningKey = KEY): Promise<string> {
  const line = manifestLineOf({ ...manifestOf(text), ...change });
  return textOf([line, ...linesOf(text).slice(1, -1), signatureLineOf(await signText(key, JWS_TYPES.bundle, manifestHashOf(line)))]);
}

/** A public log of leaf hashes. */
export class SampleLog {
  private readonly nodes = new Map<string, string>();
  size = 0;

  constructor(leaves: readonly string[]) {
    for (const leaf of leaves) {
      for (const { level, index, hash } of nodesCompletedBy(this.size, leaf, this.nodeAt)) this.nodes.set(`${level}/${index}`, hash);
      this.size += 1;
    }
  }

  readonly nodeAt = (level: number, index: number): string => {
    const hash = this.nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`node ${level}/${index} is not stored`);
    return hash;
  };

  async head(key: SigningKey = KEY, timestampToken: string | null = null): Promise<TreeHead> {
    const head = { treeSize: this.size, rootHash: rootAt(this.size, this.nodeAt), timestamp: '2026-11-23T10:00:00.000Z' };
    return { ...head, jws: await signDetached(key, JWS_TYPES.treeHead, treeHeadPayload(head)), timestampToken };
  }

  async proof(leafIndex: number, head?: TreeHead): Promise<LogProof> {
    const treeHead = head ?? (await this.head());
    return { leafIndex, treeSize: this.size, rootHash: treeHead.rootHash, inclusionPath: [...inclusionPath(leafIndex, this.size, this.nodeAt)], treeHead };
  }
}

/** The leaf that the closing of a bundled session puts into the log. */
export function closedLeafOf(text: string): string {
  const { sessionId, verdict, closedAt } = manifestOf(text);
  return leafHash(leafData({ kind: 'CLOSED', sessionId, manifestHash: manifestHashOf(linesOf(text)[0] ?? ''), verdict, closedAt }));
}

export const otherLeaf = (index: number): string => leafHash(new TextEncoder().encode(`another session ${index}`));

/** The signed report of a journal, with its place in a log. */
export async function signedReportOf(journal: Journal, log: LogProof | null, key: SigningKey = KEY) {
  const report = sampleReport(journal);
  return signReport({ ...report, evidence: { ...report.evidence, log } }, key);
}
