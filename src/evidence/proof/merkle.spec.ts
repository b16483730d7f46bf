import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hexToBytes } from './digest.js';
import {
  consistencyPath, EMPTY_ROOT, inclusionPath, leafHash, type NodeAt, nodesCompletedBy, nodesOfConsistency, nodesOfInclusion, nodesOfRoot, rootAt,
  rootFromInclusion, rootOf, verifyConsistency,
} from './merkle.js';

/** The vectors of the certificate-transparency repository: leaves, the root after each, audit paths and consistency proofs. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map((hex) => leafHash(hexToBytes(hex)));
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const [N01, N23] = ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125', '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e'];
const [N03, N47] = ['d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7', '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4'];
const [L0, L1] = ['6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d', '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7'];
const [L4, N45] = ['bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b', '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a'];
const N67 = 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0';
const PATHS: readonly (readonly [index: number, size: number, path: readonly string[]])[] = [
  [0, 1, []], [0, 8, [L1, N23, N47]], [5, 8, [L4, N67, N03]], [2, 3, [N01]], [1, 5, [L0, N23, L4]],
];
const PROOFS: readonly (readonly [from: number, to: number, path: readonly string[]])[] = [
  [1, 1, []], [1, 8, [L1, N23, N47]], [6, 8, [N45, N67, N03]], [2, 5, [N23, L4]],
];

/** A log as the service keeps it: only complete subtrees, each written once. */
class StoredLog {
  readonly nodes = new Map<string, string>();
  size = 0;
  readonly nodeAt: NodeAt = (level, index) => {
    const hash = this.nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`node ${level}/${index} is not stored`);
    return hash;
  };

  constructor(leaves: readonly string[]) {
    for (const leaf of leaves) this.append(leaf);
  }

  append(leaf: string): void {
    const needed = new StoredNodes(this.nodeAt, nodesOfRoot(this.size));
    for (const { level, index, hash } of nodesCompletedBy(this.size, leaf, needed.nodeAt)) this.nodes.set(`${level}/${index}`, hash);
    this.size += 1;
  }
}

/** Gives only what was asked for beforehand. */
class StoredNodes {
  private readonly allowed: ReadonlySet<string>;
  constructor(private readonly from: NodeAt, places: readonly { readonly level: number; readonly index: number }[]) {
    this.allowed = new Set(places.map(({ level, index }) => `${level}/${index}`));
  }

  readonly nodeAt: NodeAt = (level, index) => {
    if (!this.allowed.has(`${level}/${index}`)) throw new Error(`node ${level}/${index} was not asked for`);
    return this.from(level, index);
  };
}

const manyLeaves = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => leafHash(Uint8Array.of(index & 255, index >> 8)));

describe('the Merkle tree of RFC 6962', () => {
  it('gives the published roots, from all leaves and from the stored nodes', () => {
    const log = new StoredLog(LEAVES);
    expect(EMPTY_ROOT).toBe(ROOTS[0]);
    ROOTS.forEach((root, size) => {
      expect(rootOf(LEAVES.slice(0, size))).toBe(root);
      expect(rootAt(size, log.nodeAt)).toBe(root);
    });
  });

  it.each(PATHS)('gives the published audit path of leaf %d in %d', (index, size, path) => {
    expect(inclusionPath(index, size, new StoredLog(LEAVES).nodeAt)).toEqual(path);
    expect(rootFromInclusion(LEAVES[index] ?? '', index, size, path)).toBe(ROOTS[size]);
  });

  it.each(PROOFS)('gives the published consistency proof from %d to %d', (from, to, path) => {
    expect(consistencyPath(from, to, new StoredLog(LEAVES).nodeAt)).toEqual(path);
    expect(verifyConsistency(from, to, ROOTS[from] ?? '', ROOTS[to] ?? '', path)).toBe(true);
  });

  it('proves every leaf and every older tree in trees of all sizes up to 34, reading only the nodes it names', () => {
    const leaves = manyLeaves(34);
    const log = new StoredLog(leaves);
    for (let size = 1; size <= leaves.length; size += 1) {
      const root = rootOf(leaves.slice(0, size));
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(index, size, new StoredNodes(log.nodeAt, nodesOfInclusion(index, size)).nodeAt);
        expect(rootFromInclusion(leaves[index] ?? '', index, size, path)).toBe(root);
        const older = index + 1;
        const proof = consistencyPath(older, size, new StoredNodes(log.nodeAt, nodesOfConsistency(older, size)).nodeAt);
        expect(verifyConsistency(older, size, rootOf(leaves.slice(0, older)), root, proof)).toBe(true);
      }
    }
  });

  it('reads and writes few nodes however large the log is', () => {
    expect(nodesOfRoot(2 ** 30 + 12_345).length).toBeLessThan(32);
    expect(nodesOfInclusion(987_654_321, 2 ** 30 + 12_345).length).toBeLessThan(60);
    expect(nodesOfConsistency(2 ** 29 + 7, 2 ** 40 + 1).length).toBeLessThan(100);
  });

  it('refuses another leaf, another place, a longer, shorter or changed path', () => {
    const log = new StoredLog(manyLeaves(70));
    const root = rootAt(70, log.nodeAt);
    fc.assert(
      fc.property(fc.nat(69), fc.nat(69), fc.nat(6), (index, other, at) => {
        const path = [...inclusionPath(index, 70, log.nodeAt)];
        const leaf = log.nodeAt(0, index);
        if (other !== index) expect(rootFromInclusion(log.nodeAt(0, other), index, 70, path)).not.toBe(root);
        if (other !== index) expect(rootFromInclusion(leaf, other, 70, path)).not.toBe(root);
        expect(rootFromInclusion(leaf, index, 70, [...path, EMPTY_ROOT])).not.toBe(root);
        expect(rootFromInclusion(leaf, index, 70, path.slice(1))).not.toBe(root);
        expect(rootFromInclusion(leaf, index, 70, path.with(at % path.length, EMPTY_ROOT))).not.toBe(root);
      }),
      { seed: 6962, numRuns: 200 },
    );
    expect(rootFromInclusion(EMPTY_ROOT, 1, 1, [])).toBeNull();
    expect(rootFromInclusion(EMPTY_ROOT, 0.5, 2, [])).toBeNull();
  });

  it('refuses a tree whose past was rewritten', () => {
    const leaves = manyLeaves(40);
    const honest = new StoredLog(leaves.slice(0, 23));
    fc.assert(
      fc.property(fc.nat(22), (changed) => {
        const rewritten = new StoredLog(leaves.with(changed, EMPTY_ROOT));
        const proof = consistencyPath(23, 40, rewritten.nodeAt);
        expect(verifyConsistency(23, 40, rootAt(23, honest.nodeAt), rootAt(40, rewritten.nodeAt), proof)).toBe(false);
      }),
      { seed: 6962, numRuns: 50 },
    );
    expect(verifyConsistency(0, 3, EMPTY_ROOT, ROOTS[3] ?? '', [])).toBe(false);
    expect(verifyConsistency(3, 2, ROOTS[3] ?? '', ROOTS[2] ?? '', [])).toBe(false);
    expect(verifyConsistency(3, 5, ROOTS[3] ?? '', ROOTS[5] ?? '', [])).toBe(false);
  });

  it('has no path of a leaf that is not there', () => {
    const { nodeAt } = new StoredLog(LEAVES);
    expect(() => inclusionPath(8, 8, nodeAt)).toThrow(RangeError);
    expect(() => consistencyPath(0, 8, nodeAt)).toThrow(RangeError);
    expect(() => consistencyPath(9, 8, nodeAt)).toThrow(RangeError);
  });
});
