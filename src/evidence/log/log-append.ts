/** What appending to the log adds to its tree, as a pure function. */
import { leafHash, nodesCompletedBy, rootAt, type NodePlace, type TreeNode } from '../proof/merkle.js';

export interface Appended {
  /** New complete subtrees, the leaves among them. */
  readonly nodes: readonly TreeNode[];
  readonly rootHash: string;
}

/**
 * Appends leaves to a tree of `size`.
 * @param frontier the nodes of `nodesOfRoot(size)`: all that is needed of what is there
 */
export function appendLeaves(size: number, frontier: readonly TreeNode[], bodies: readonly string[]): Appended {
  const known = new Map(frontier.map((node) => [placeOf(node), node.hash]));
  const nodeAt = nodeReader(known);
  const nodes = bodies.flatMap((body, offset) => {
    const completed = nodesCompletedBy(size + offset, leafHash(Buffer.from(body, 'utf8')), nodeAt);
    for (const node of completed) known.set(placeOf(node), node.hash);
    return completed;
  });
  return { nodes, rootHash: rootAt(size + bodies.length, nodeAt) };
}

/** Reads hashes from loaded nodes. */
export function nodeReader(known: ReadonlyMap<string, string>): (level: number, index: number) => string {
  return (level, index) => {
    const hash = known.get(placeOf({ level, index }));
    if (hash === undefined) throw new Error(`the log has no node ${level}/${index}`);
    return hash;
  };
}

export const placeOf = ({ level, index }: NodePlace): string => `${level}/${index}`;
