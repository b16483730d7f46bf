/** What can be recomputed from a bundle alone: the chain, the hashes, the random instants. */
import { commitmentOf, policyIdHash } from '@xuejian/protocol';
import { drawSchedule, type Schedule } from '../../checks/schedule.js';
import type { ScheduleDrawn, SessionOpened, SessionSealed } from '../../rules/event.js';
import { completePolicy } from '../../rules/policy-history.js';
import { randomFaceChecksPerPart } from '../../rules/policy.js';
import { canonicalJson } from './canonical.js';
import { chainHash, GENESIS_HASH } from './chain.js';
import { hexToBytes, imageDigest, sha256Hex } from './digest.js';
import { ALGORITHMS } from './format.js';
import { type Bundle, type BundleEntry, lineOfSeq } from './read-bundle.js';
import { type Check, failed, type Flaw, flaw, passed, type Place, skipped } from './result.js';

/** Longest lesson whose schedule is recomputed: a forged length must not keep the verifier busy. */
const LONGEST_LESSON_MS = 48 * 3_600_000;
const MOST_DRAWS_PER_PART = 100;

export interface Picture {
  readonly imageId: string;
  readonly bytes: Uint8Array;
  /** The picture's own digest key, 32 bytes. */
  readonly key: Uint8Array;
}

const placeOf = (seq: number): Place => ({ line: lineOfSeq(seq), seq });

/** The first entry of a kind; its shape is the engine's, whatever is missing in it shows in the replay. */
export function entryOf<T extends string>(entries: readonly BundleEntry[], type: T): BundleEntry | undefined {
  return entries.find(({ event }) => event.type === type);
}

export function checkAlgorithms({ manifest }: Bundle): Check {
  const unknown = (Object.keys(ALGORITHMS) as (keyof typeof ALGORITHMS)[]).find((name) => manifest.algorithms[name] !== ALGORITHMS[name]);
  if (unknown === undefined) return passed('algorithms', 'SHA-256、HMAC-SHA-256、Ed25519、RFC 8785', 'SHA-256, HMAC-SHA-256, Ed25519, RFC 8785');
  const name = manifest.algorithms[unknown];
  return failed('algorithms', flaw(`本核验程序不支持 ${unknown} 算法 ${name}`, `This verifier does not know the ${unknown} algorithm ${name}`, { line: 1 }));
}

export function checkChain({ manifest, entries }: Bundle): Check {
  const broken = chainFlaw(entries) ?? lengthFlaw(manifest.journal, entries);
  if (broken !== null) return failed('chain', broken);
  return passed('chain', `${entries.length} 条日志环环相扣`, `${entries.length} entries, each chained to the one before`);
}

function chainFlaw(entries: readonly BundleEntry[]): Flaw | null {
  let previousHash = GENESIS_HASH;
  for (const [index, { seq, body, hash }] of entries.entries()) {
    const expected = index + 1;
    if (seq !== expected) return flaw(`此处应为第 ${expected} 条，却是第 ${seq} 条`, `Entry ${expected} belongs here, but it is entry ${seq}`, placeOf(expected));
    if (chainHash(previousHash, body) !== hash) return flaw(`哈希链在第 ${seq} 条断裂`, `The chain breaks at entry ${seq}`, placeOf(seq));
    previousHash = hash;
  }
  return null;
}

function lengthFlaw(journal: Bundle['manifest']['journal'], entries: readonly BundleEntry[]): Flaw | null {
  const missing = entries.length + 1;
  if (entries.length < journal.entries) return flaw(`日志在第 ${missing} 条之前被截断`, `The journal was cut off before entry ${missing}`, placeOf(missing));
  if (entries.length > journal.entries) return flaw('日志末尾多出条目', 'There are entries behind the end', placeOf(journal.entries + 1));
  if (entries.at(-1)?.hash !== journal.headHash) return flaw('末条哈希与清单不一致', 'The last hash is not the one of the manifest', placeOf(entries.length));
  return null;
}

/** Every word of the manifest that repeats the journal is the journal's. */
export function checkManifest({ manifest, entries }: Bundle): Check {
  const [first] = entries;
  if (first?.event.type !== 'session.opened') return failed('manifest', flaw('日志不是从开启学习开始', 'The journal does not begin with the opening of a session', placeOf(1)));
  const opened = first.event as unknown as SessionOpened;
  const sealed = entryOf(entries, 'session.sealed');
  if (sealed === undefined) return failed('manifest', flaw('日志缺少封存条目', 'The journal lacks the entry that seals it', placeOf(entries.length)));
  const seal = sealed.event as unknown as SessionSealed;
  const facts: readonly (readonly [isRight: boolean, name: string, seq: number])[] = [
    [opened.sessionId === manifest.sessionId, 'sessionId', 1],
    [isoOf(opened.at) === manifest.openedAt, 'openedAt', 1],
    [opened.policy?.id === manifest.policy.id && opened.policy?.version === manifest.policy.version, 'policy', 1],
    [opened.policyHash === manifest.policy.hash, 'policy.hash', 1],
    [opened.commitment === manifest.commitment, 'commitment', 1],
    [seal.seed === manifest.seed, 'seed', sealed.seq],
  ];
  const wrong = facts.find(([isRight]) => !isRight);
  if (wrong !== undefined) return failed('manifest', flaw(`清单的 ${wrong[1]} 与第 ${wrong[2]} 条日志不符`, `${wrong[1]} of the manifest is not that of entry ${wrong[2]}`, placeOf(wrong[2])));
  return passed('manifest', '学习编号、时间、策略、承诺与种子一致', 'Session, times, policy, commitment and seed are those of the journal');
}

export function checkPolicy({ manifest, entries }: Bundle): Check {
  const policy = entries[0]?.event['policy'];
  const found = policy === undefined ? null : sha256Hex(canonicalJson(policy));
  if (found !== manifest.policy.hash) return failed('policy', flaw('策略内容与其哈希不符', 'The policy does not have the hash it is named by', placeOf(1)));
  return passed('policy', `${manifest.policy.id}@${manifest.policy.version} 的全部参数与哈希相符`, `All parameters of ${manifest.policy.id}@${manifest.policy.version} have the hash they are named by`);
}

export function checkCommitment({ manifest, entries }: Bundle): Check {
  const opened = entries[0]?.event as unknown as SessionOpened;
  const { id, version } = opened.policy;
  const found = commitmentOf({ seed: hexToBytes(manifest.seed), sessionId: opened.sessionId, policyIdHash: policyIdHash(id, version) });
  if (found !== opened.commitment) return failed('commitment', flaw('公布的种子不是事先承诺的', 'The revealed seed is not the one committed to', placeOf(1)));
  return passed('commitment', '公布的种子就是开启时承诺的', 'The revealed seed is the one committed to at the opening');
}

/** Every gap and instant is drawn again from the revealed seed. */
export function checkSchedule({ manifest, entries }: Bundle): Check {
  const opened = entries[0]?.event as unknown as SessionOpened;
  const entry = entryOf(entries, 'schedule.drawn');
  if (entry === undefined) return skipped('schedule', '学员没有加入，未抽取时刻', 'Nobody joined: nothing was drawn');
  const drawn = entry.event as unknown as ScheduleDrawn;
  const { policy, lesson } = opened;
  const isSound = lesson.durationMs <= LONGEST_LESSON_MS && Math.max(policy.snapshot.scheduledPerPart, randomFaceChecksPerPart(completePolicy(policy))) <= MOST_DRAWS_PER_PART;
  if (!isSound) return failed('schedule', flaw('课程长度或抽取次数不合理', 'Length of the lesson or number of draws is out of reason', placeOf(1)));
  const { clientNonce, beacon } = drawn;
  const right = drawSchedule({ seed: hexToBytes(manifest.seed), sessionId: opened.sessionId, clientNonce, beacon, durationMs: lesson.durationMs, policy });
  const wrong = firstWrongDraw(drawn, right);
  if (wrong !== null) return failed('schedule', flaw(`${wrong.zh}第 ${wrong.index + 1} 个不是由种子得出的`, `${wrong.en} ${wrong.index + 1} does not follow from the seed`, placeOf(entry.seq)));
  const [popups, snapshots, faces] = [right.popupGaps.length, right.snapshots.length, right.faceChecks.length];
  return passed(
    'schedule',
    `${popups} 个弹窗间隔、${snapshots} 个抓拍时刻、${faces} 个人脸核验时刻均由承诺得出`,
    `${popups} popup gaps, ${snapshots} snapshots and ${faces} face checks all follow from the commitment`,
  );
}

const SERIES = [
  { name: 'popupGaps', zh: '弹窗间隔', en: 'Popup gap' },
  { name: 'snapshots', zh: '抓拍时刻', en: 'Snapshot' },
  { name: 'faceChecks', zh: '人脸核验时刻', en: 'Face check' },
] as const satisfies readonly { readonly name: keyof Schedule; readonly zh: string; readonly en: string }[];

function firstWrongDraw(found: Schedule, right: Schedule): { readonly zh: string; readonly en: string; readonly index: number } | null {
  for (const { name, zh, en } of SERIES) {
    const [given, drawn] = [found[name], right[name]];
    const index = Array.from({ length: Math.max(given.length, drawn.length) }).findIndex((_, at) => canonicalJson(given[at] ?? null) !== canonicalJson(drawn[at] ?? null));
    if (index !== -1) return { zh, en, index };
  }
  return null;
}

/** Pictures at hand are those the manifest names, and the journal names the same. */
export function checkImages({ manifest, entries }: Bundle, pictures: readonly Picture[]): Check {
  const journal = new Map(entries.flatMap(({ event }) => (typeof event['digest'] === 'string' ? [[event['digest'], isoOf(event.at)] as const] : [])));
  const unknown = manifest.images.find(({ kind, digest }) => kind === 'SNAPSHOT' && !journal.has(digest));
  if (unknown !== undefined) return failed('images', flaw(`日志中没有影像 ${unknown.imageId} 的摘要`, `The journal does not know the digest of picture ${unknown.imageId}`, { line: 1 }));
  const dated = manifest.images.find(({ kind, digest, receivedAt }) => kind === 'SNAPSHOT' && typeof receivedAt === 'string' && journal.get(digest) !== receivedAt);
  if (dated !== undefined) return failed('images', flaw(`影像 ${dated.imageId} 的接收时间与日志不符`, `The journal has another time for picture ${dated.imageId}`, { line: 1 }));
  for (const { imageId, bytes, key } of pictures) {
    const named = manifest.images.find((image) => image.imageId === imageId);
    if (named === undefined) return failed('images', flaw(`清单中没有影像 ${imageId}`, `The manifest has no picture ${imageId}`, { line: 1 }));
    if (imageDigest(key, bytes) !== named.digest) return failed('images', flaw(`影像 ${imageId} 不是当时收到的`, `Picture ${imageId} is not the one received`, { line: 1 }));
  }
  if (pictures.length === 0) return skipped('images', `清单列有 ${manifest.images.length} 张影像，未提供影像文件`, `The manifest names ${manifest.images.length} pictures; no picture was given`);
  return passed('images', `${pictures.length} 张影像与摘要相符`, `${pictures.length} pictures have their digests`);
}

/** A time of the journal as the manifest writes it. */
export const isoOf = (at: number): string | null => (Number.isFinite(at) && Math.abs(at) < 8.64e15 ? new Date(at).toISOString() : null);
