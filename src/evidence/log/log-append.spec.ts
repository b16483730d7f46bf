import { describe, expect, it } from '@jest/globals';
import { leafHash, nodesOfRoot, rootOf, type TreeNode } from '../proof/merkle.js';
import { appendLeaves } from './log-append.js';

describe('appending to the log', () => {
  it('gives, batch after batch, the root that all leaves together have', () => {
    const stored: TreeNode[] = [];
    const bodies: string[] = [];
    for (const count of [0, 1, 1, 2, 3, 5, 8, 13, 1, 21]) {
      const added = Array.from({ length: count }, (_, index) => `leaf ${bodies.length + index}`);
      const places = nodesOfRoot(bodies.length);
      const frontier = stored.filter((node) => places.some(({ level, index }) => node.level === level && node.index === index));
      expect(frontier.length).toBeLessThanOrEqual(Math.ceil(Math.log2(bodies.length + 1)));
      const { nodes, rootHash } = appendLeaves(bodies.length, frontier, added);
      stored.push(...nodes);
      bodies.push(...added);
      expect(rootHash).toBe(rootOf(bodies.map((body) => leafHash(Buffer.from(body)))));
    }
    expect(new Set(stored.map(({ level, index }) => `${level}/${index}`)).size).toBe(stored.length);
    expect(stored.length).toBeLessThan(2 * bodies.length);
  });

  it('refuses to go on from a tree whose nodes are not there', () => {
    expect(() => appendLeaves(3, [], ['x'])).toThrow('no node');
  });
});
