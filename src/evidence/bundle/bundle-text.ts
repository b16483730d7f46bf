/** An evidence bundle as text, and the journal back out of it. Its format: `../proof/format.ts`. */
import type { SessionEvent } from '../../rules/event.js';
import { replay } from '../../rules/step.js';
import type { SessionVerdict } from '../../rules/types.js';
import type { ChainedEntry } from '../proof/chain.js';
import { sha256Hex } from '../proof/digest.js';
import {
  ALGORITHMS, BUNDLE_FORMAT, type BundleImage, type BundleManifest, entryLineOf, findingsLineOf, JWS_TYPES, manifestHashOf, manifestLineOf, signatureLineOf,
} from '../proof/format.js';
import { type SigningKey, signText } from '../signing.js';

export interface BundleFacts {
  readonly platformId: string;
  readonly engineVersion: string;
  readonly images: readonly BundleImage[];
}

export interface Bundle {
  readonly text: string;
  readonly manifestHash: string;
  readonly verdict: SessionVerdict;
  readonly closedAt: Date;
}

/** @throws Error when the journal is not that of a sealed session */
export async function bundleOf(entries: readonly ChainedEntry<SessionEvent>[], facts: BundleFacts, key: SigningKey): Promise<Bundle> {
  const state = replay(entries.map(({ event }) => event));
  const sealed = entries.map(({ event }) => event).find((event) => event.type === 'session.sealed');
  const head = entries.at(-1);
  if (state.status !== 'closed' || sealed?.type !== 'session.sealed' || head === undefined) throw new Error('only a sealed session has a bundle');
  const { opened, findings, verdict } = state;
  const findingsLine = findingsLineOf(findings);
  const closedAt = new Date(state.closedAt);
  const manifest: BundleManifest = {
    format: BUNDLE_FORMAT,
    sessionId: opened.sessionId,
    platformId: facts.platformId,
    openedAt: new Date(opened.at).toISOString(),
    closedAt: closedAt.toISOString(),
    algorithms: { ...ALGORITHMS },
    engineVersion: facts.engineVersion,
    policy: { id: opened.policy.id, version: opened.policy.version, hash: opened.policyHash },
    commitment: opened.commitment,
    seed: sealed.seed,
    journal: { entries: entries.length, headHash: head.hash },
    findings: { count: findings.length, hash: sha256Hex(findingsLine) },
    images: [...facts.images],
    verdict,
  };
  const manifestLine = manifestLineOf(manifest);
  const manifestHash = manifestHashOf(manifestLine);
  const signature = await signText(key, JWS_TYPES.bundle, manifestHash);
  const lines = [manifestLine, ...entries.map(entryLineOf), findingsLine, signatureLineOf(signature)];
  return { text: lines.map((line) => `${line}\n`).join(''), manifestHash, verdict, closedAt };
}

/** The bundle is not the one that is on record. */
export class BundleDamaged extends Error {}

/**
 * The journal entries of a bundle, with the very bytes their hashes are over; the chain itself is recomputed by whoever
 * reads them.
 * @throws BundleDamaged when the manifest is not the one on record, or the entries are not those it names
 */
export function entriesOf(text: string, manifestHash: string): readonly ChainedEntry<SessionEvent>[] {
  const [manifestLine = '', ...rest] = text.split('\n');
  if (manifestHashOf(manifestLine) !== manifestHash) throw new BundleDamaged('the manifest is not the one on record');
  const { manifest } = JSON.parse(manifestLine) as { readonly manifest: BundleManifest };
  const entries = rest.slice(0, manifest.journal.entries).map(entryOf);
  if (entries.length !== manifest.journal.entries || entries.at(-1)?.hash !== manifest.journal.headHash) {
    throw new BundleDamaged('the entries are not those of the manifest');
  }
  return entries;
}

function entryOf(line: string): ChainedEntry<SessionEvent> {
  const { hash, seq, body: event } = JSON.parse(line) as { readonly body: SessionEvent; readonly hash: string; readonly seq: number };
  const [head, tail] = ['{"body":', `,"hash":"${hash}","seq":${seq}}`];
  if (!line.startsWith(head) || !line.endsWith(tail)) throw new BundleDamaged(`line of entry ${seq} is not canonical`);
  return { seq, event, body: line.slice(head.length, -tail.length), hash };
}
