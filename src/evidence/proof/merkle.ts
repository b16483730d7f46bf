/**
 * The Merkle tree of RFC 6962 over an append-only log: roots, inclusion and consistency proofs, and their verification.
 * Hashes are 64 hex digits. Only hashes of complete subtrees are ever stored: the node at (level, index) covers the
 * leaves [index·2^level, (index+1)·2^level). Proofs are read from O(log n) of them; a caller that keeps them in a
 * database asks first which ones (`nodesOf…`) and loads these at once.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';

export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

export interface TreeNode extends NodePlace {
  readonly hash: string;
}

/** Gives the stored hash of a complete subtree. */
export type NodeAt = (level: number, index: number) => string;

/** Leaves [from, to). */
type Range = readonly [from: number, to: number];

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
export const EMPTY_ROOT = bytesToHex(sha256(new Uint8Array()));

/** Hash of a leaf's data. */
export const leafHash = (data: Uint8Array): string => bytesToHex(sha256(concatBytes(LEAF, data)));

export const nodeHash = (left: string, right: string): string => bytesToHex(sha256(concatBytes(NODE, hexToBytes(left), hexToBytes(right))));

/** Root over leaf hashes. */
export function rootOf(leaves: readonly string[]): string {
  const [first, ...rest] = leaves;
  if (first === undefined) return EMPTY_ROOT;
  if (rest.length === 0) return first;
  const middle = splitOf(leaves.length);
  return nodeHash(rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

/** The nodes that become complete when leaf number `index` is appended: the leaf itself first. Needs `nodesOfRoot(index)`. */
export function nodesCompletedBy(index: number, leaf: string, nodeAt: NodeAt): readonly TreeNode[] {
  const nodes: TreeNode[] = [{ level: 0, index, hash: leaf }];
  for (let last = nodes[0]; last !== undefined && last.index % 2 === 1; last = nodes.at(-1)) {
    const hash = nodeHash(nodeAt(last.level, last.index - 1), last.hash);
    nodes.push({ level: last.level + 1, index: (last.index - 1) / 2, hash });
  }
  return nodes;
}

/** Root of the first `size` leaves. */
export const rootAt = (size: number, nodeAt: NodeAt): string => (size === 0 ? EMPTY_ROOT : rangeHash([0, size], nodeAt));

/** Audit path of leaf `index` in the tree of `size` leaves, from the leaf upwards. @throws RangeError without such a leaf. */
export const inclusionPath = (index: number, size: number, nodeAt: NodeAt): readonly string[] =>
  inclusionRanges(index, size).map((range) => rangeHash(range, nodeAt));

/** Proof that the tree of `from` leaves is the beginning of the tree of `to` leaves. @throws RangeError unless 0 < from ≤ to. */
export const consistencyPath = (from: number, to: number, nodeAt: NodeAt): readonly string[] =>
  consistencyRanges(from, to).map((range) => rangeHash(range, nodeAt));

export const nodesOfRoot = (size: number): readonly NodePlace[] => completeNodes([0, size]);
export const nodesOfInclusion = (index: number, size: number): readonly NodePlace[] => inclusionRanges(index, size).flatMap(completeNodes);
export const nodesOfConsistency = (from: number, to: number): readonly NodePlace[] => consistencyRanges(from, to).flatMap(completeNodes);

/** The root that an audit path leads to (RFC 9162, 2.1.3.2), or null when the path does not fit the place. */
export function rootFromInclusion(leaf: string, index: number, size: number, path: readonly string[]): string | null {
  if (!isCount(index) || !isCount(size) || index >= size) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      for (; at % 2 === 0 && at > 0; at /= 2) last = half(last);
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? hash : null;
}

/** Whether the tree with `fromRoot` is the beginning of the tree with `toRoot` (RFC 9162, 2.1.4.2). */
export function verifyConsistency(from: number, to: number, fromRoot: string, toRoot: string, path: readonly string[]): boolean {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) return false;
  if (from === to) return path.length === 0 && fromRoot === toRoot;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  const [first, ...rest] = at === 0 ? [fromRoot, ...path] : path;
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [older, newer] = [nodeHash(sibling, older), nodeHash(sibling, newer)];
      for (; at % 2 === 0 && at > 0; at /= 2) last = half(last);
    } else {
      newer = nodeHash(newer, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && older === fromRoot && newer === toRoot;
}

/** Sibling ranges on the way from a leaf to the root, lowest first. */
function inclusionRanges(index: number, size: number): readonly Range[] {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const ranges: Range[] = [];
  for (let [from, to] = [0, size]; to - from > 1; ) {
    const middle = from + splitOf(to - from);
    ranges.unshift(index < middle ? [middle, to] : [from, middle]);
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return ranges;
}

function consistencyRanges(older: number, newer: number): readonly Range[] {
  if (!isCount(older) || !isCount(newer) || older === 0 || older > newer) throw new RangeError(`no proof from ${older} to ${newer}`);
  const ranges: Range[] = [];
  let [from, to] = [0, newer];
  while (to > older) {
    const middle = from + splitOf(to - from);
    ranges.unshift(older <= middle ? [middle, to] : [from, middle]);
    [from, to] = older <= middle ? [from, middle] : [middle, to];
  }
  // A complete tree from the first leaf on is the older tree itself: its root is known to the verifier.
  return from === 0 ? ranges : [[from, to], ...ranges];
}

/** The complete subtrees a range falls into, left to right. */
function completeNodes([from, to]: Range): readonly NodePlace[] {
  const places: NodePlace[] = [];
  for (let at = from; at < to; ) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    places.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return places;
}

const rangeHash = (range: Range, nodeAt: NodeAt): string =>
  completeNodes(range).map(({ level, index }) => nodeAt(level, index)).reduceRight((right, left) => nodeHash(left, right));

/** Largest power of two below `count` (> 1). */
function splitOf(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

const half = (value: number): number => Math.floor(value / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
