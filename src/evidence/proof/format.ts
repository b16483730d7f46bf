/**
 * The formats of what leaves this service as proof: evidence bundle, tree heads, leaves of the log. Server and offline
 * verifier share this file; whoever writes another verifier needs only this page and the RFCs it names.
 *
 * An evidence bundle is UTF-8 text: one RFC 8785 canonical JSON object per line, each line ended by LF, nothing else.
 *
 *     {"manifest":{…}}                          line 1
 *     {"body":{…event…},"hash":"…","seq":1}     one line per journal entry, see chain.ts
 *     {"findings":[…]}                          what the engine established
 *     {"signature":"…"}                         compact JWS over the manifest's hash
 */
import { z } from 'zod';
import { canonicalJson } from './canonical.js';
import { sha256Hex } from './digest.js';

export const BUNDLE_FORMAT = 'xuejian.bundle/1';

/** Named in each bundle, so that others (SM3, SM2) can be added; a verifier refuses what it does not know. */
export const ALGORITHMS = {
  hash: 'SHA-256',
  chain: 'SHA-256(previous ‖ LF ‖ body)',
  signature: 'EdDSA',
  imageDigest: 'HMAC-SHA-256',
  canonical: 'RFC8785',
} as const;

/** `typ` headers of the JWS, so that none can stand for another. */
export const JWS_TYPES = {
  /** Compact; payload: the manifest's hash as 64 hex digits. */
  bundle: 'xuejian-bundle+jws',
  /** Detached (RFC 7515, appendix F); payload: canonical JSON of the report without its member `signature`. */
  report: 'xuejian-report+jws',
  /** Detached; payload: canonical JSON of `{ treeSize, rootHash, timestamp }`. */
  treeHead: 'xuejian-tree-head+jws',
  /** Compact; payload: canonical JSON of the receipt of an erasure. */
  erasure: 'xuejian-erasure+jws',
} as const;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const instant = z.iso.datetime({ precision: 3 });

const imageSchema = z.strictObject({
  imageId: z.string(),
  /** What the picture was taken for, for instance `SNAPSHOT` or `LIVENESS`. */
  kind: z.string(),
  /** The snapshot or face check it belongs to. */
  checkId: z.string(),
  /** HMAC under a key that is kept beside the picture and erased with it. */
  digest: hash,
  bytes: count,
  /** Server time at which it came, and its number in the schedule, also written into the picture; bundles of 0.1 lack them. */
  receivedAt: instant.nullable().optional(),
  index: count.nullable().optional(),
});
export type BundleImage = z.infer<typeof imageSchema>;

const manifestSchema = z.strictObject({
  format: z.string(),
  sessionId: z.string(),
  platformId: z.string(),
  openedAt: instant,
  /** When the verdict fell, not when the bundle was written: a later bundle of the session has the same. */
  closedAt: instant,
  algorithms: z.strictObject({ hash: z.string(), chain: z.string(), signature: z.string(), imageDigest: z.string(), canonical: z.string() }),
  engineVersion: z.string(),
  /** `hash`: SHA-256 of the policy's canonical JSON; the policy itself is in `session.opened`. */
  policy: z.strictObject({ id: z.string(), version: count, hash }),
  /** C and S of the committed schedule. */
  commitment: hash,
  seed: hash,
  journal: z.strictObject({ entries: count.min(1), headHash: hash }),
  /** `hash`: SHA-256 of the findings line without its LF. */
  findings: z.strictObject({ count, hash }),
  images: z.array(imageSchema),
  verdict: z.string(),
});
export type BundleManifest = z.infer<typeof manifestSchema>;

/** As the engine states it (`src/rules/finding.ts`): whatever more it says is compared with the replay, word by word. */
const findingSchema = z.looseObject({ rule: z.string().nullable(), code: z.string(), effect: z.string(), at: z.number(), seq: count });
export type BundleFinding = z.infer<typeof findingSchema>;

export const manifestLineSchema = z.strictObject({ manifest: manifestSchema });
export const entryLineSchema = z.strictObject({
  body: z.looseObject({ type: z.string(), at: z.number() }),
  hash,
  seq: count.min(1),
});
export const findingsLineSchema = z.strictObject({ findings: z.array(findingSchema) });
export const signatureLineSchema = z.strictObject({ signature: z.string() });

/** The hash that the bundle's signature and the log's CLOSED leaf name: SHA-256 of line 1 without its LF. */
export const manifestHashOf = (manifestLine: string): string => sha256Hex(manifestLine);

export const manifestLineOf = (manifest: BundleManifest): string => canonicalJson({ manifest });
/** A journal line, from the entry's canonical body. */
export const entryLineOf = ({ body, hash, seq }: { readonly body: string; readonly hash: string; readonly seq: number }): string =>
  `{"body":${body},"hash":"${hash}","seq":${seq}}`;
export const findingsLineOf = (findings: readonly unknown[]): string => canonicalJson({ findings });
export const signatureLineOf = (jws: string): string => canonicalJson({ signature: jws });

/** What the log of all sessions holds: one leaf when a session opens, one each time its evidence is finalised. */
export type LogLeaf =
  | { readonly kind: 'OPENED'; readonly sessionId: string; readonly commitment: string; readonly openedAt: string }
  | { readonly kind: 'CLOSED'; readonly sessionId: string; readonly manifestHash: string; readonly verdict: string; readonly closedAt: string };

/** A leaf's data is its canonical JSON; times as in the manifest. */
export const leafData = (leaf: LogLeaf): Uint8Array => new TextEncoder().encode(canonicalJson(leaf));

/** A signed tree head, as published at `/v1/log/heads` and carried by reports. */
export const treeHeadSchema = z.strictObject({
  treeSize: count,
  rootHash: hash,
  timestamp: instant,
  jws: z.string(),
  /** RFC 3161 TimeStampToken (DER, base64) whose message imprint is `rootHash`, or null. */
  timestampToken: z.string().nullable(),
});
export type TreeHead = z.infer<typeof treeHeadSchema>;

export const treeHeadPayload = ({ treeSize, rootHash, timestamp }: Pick<TreeHead, 'treeSize' | 'rootHash' | 'timestamp'>): string =>
  canonicalJson({ treeSize, rootHash, timestamp });

/** A report's proof that the session's CLOSED leaf is in the log. */
export const logProofSchema = z.strictObject({
  leafIndex: count,
  treeSize: count,
  rootHash: hash,
  /** Lowest first. */
  inclusionPath: z.array(hash),
  treeHead: treeHeadSchema,
});
export type LogProof = z.infer<typeof logProofSchema>;

export const reportSignatureSchema = z.strictObject({ algorithm: z.literal('EdDSA'), keyId: z.string(), jws: z.string() });
