import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, IsNull, LessThanOrEqual } from 'typeorm';
import { Problem } from '../../common/problem.js';
import { EvidenceBundleEntity } from '../bundle/evidence-bundle.entity.js';
import { canonicalJson } from '../proof/canonical.js';
import { JWS_TYPES, type LogLeaf, type LogProof, type TreeHead, treeHeadPayload } from '../proof/format.js';
import {
  consistencyPath, inclusionPath, type NodeAt, type NodePlace, nodesOfConsistency, nodesOfInclusion, nodesOfRoot, type TreeNode,
} from '../proof/merkle.js';
import { signDetached } from '../signing.js';
import { SigningKeys } from '../signing-keys.js';
import { appendLeaves, nodeReader, placeOf } from './log-append.js';
import { LogHeadEntity, LogLeafEntity } from './log.entity.js';

/** Any constant: the log has one writer at a time, wherever it runs. */
const WRITER_LOCK = 7_201_032;
const BATCH = 2_000;

/** Leaf data with where it came from, so that the source can be marked as logged. */
interface Due {
  readonly leaf: LogLeaf;
  /** Entries of the bundle, for a CLOSED leaf. */
  readonly entries: number | null;
}

export interface SessionProof {
  readonly sessionId: string;
  readonly treeHead: TreeHead;
  readonly leaves: readonly { readonly leafIndex: number; readonly leaf: LogLeaf; readonly inclusionPath: readonly string[] }[];
}

/**
 * The public log over all sessions: a Merkle tree (RFC 6962) that is only ever appended to. It holds no personal data.
 * Appending reads and writes O(log n) nodes, and so does every proof.
 */
@Injectable()
export class SessionLog {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly keys: SigningKeys,
  ) {}

  /** Appends every opened session and every bundle that is not in the log yet, and signs a head over all. True when there was anything. */
  async seal(): Promise<boolean> {
    const key = await this.keys.current();
    return this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [WRITER_LOCK]);
      const before = await this.sizeOf(manager);
      let size = before;
      for (let due = await this.due(manager); due.length > 0; due = await this.due(manager)) {
        await this.append(manager, size, due);
        size += due.length;
      }
      if (size === before) return false;
      const { rootHash } = appendLeaves(size, await this.nodes(manager, nodesOfRoot(size)), []);
      const signedAt = new Date();
      const jws = await signDetached(key, JWS_TYPES.treeHead, treeHeadPayload({ treeSize: size, rootHash, timestamp: signedAt.toISOString() }));
      await manager.insert(LogHeadEntity, { treeSize: size, rootHash, signedAt, jws, token: null, stampedAt: null, stampTries: 0, stampFailure: null });
      return true;
    });
  }

  /** The newest head, or `null` while the log is empty. */
  async latestHead(): Promise<LogHeadEntity | null> {
    const [head] = await this.dataSource.manager.find(LogHeadEntity, { order: { treeSize: 'DESC' }, take: 1 });
    return head ?? null;
  }

  /** Heads of trees smaller than `below`, largest first. */
  heads(below: number | null, limit: number): Promise<readonly LogHeadEntity[]> {
    return this.dataSource.manager.find(LogHeadEntity, {
      ...(below === null ? {} : { where: { treeSize: LessThanOrEqual(below - 1) } }), order: { treeSize: 'DESC' }, take: limit,
    });
  }

  /** Every fact about a session under the newest head. @throws Problem 404 while there is none */
  async proofOf(sessionId: string): Promise<SessionProof> {
    const head = await this.latestHead();
    const leaves = head === null ? [] : await this.leavesOf(sessionId, head.treeSize);
    if (head === null || leaves.length === 0) throw new Problem(404, 'NOT_FOUND', '公开日志中尚无此次学习 / The log has nothing about this session yet');
    const nodeAt = await this.reader(leaves.flatMap(({ index }) => nodesOfInclusion(index, head.treeSize)));
    return {
      sessionId,
      treeHead: treeHeadOf(head),
      leaves: leaves.map(({ index, body }) => ({ leafIndex: index, leaf: JSON.parse(body) as LogLeaf, inclusionPath: inclusionPath(index, head.treeSize, nodeAt) })),
    };
  }

  /** Where a bundle lies under the newest head, or `null` while it is in none. */
  async proofOfBundle({ leafIndex }: Pick<EvidenceBundleEntity, 'leafIndex'>): Promise<LogProof | null> {
    const head = await this.latestHead();
    if (head === null || leafIndex === null || leafIndex >= head.treeSize) return null;
    const { treeSize, rootHash } = head;
    const nodeAt = await this.reader(nodesOfInclusion(leafIndex, treeSize));
    return { leafIndex, treeSize, rootHash, inclusionPath: [...inclusionPath(leafIndex, treeSize, nodeAt)], treeHead: treeHeadOf(head) };
  }

  /** Proof that the log of `from` leaves is the beginning of that of `to`. @throws Problem 400 unless 0 < from ≤ to ≤ the signed size */
  async consistency(from: number, to: number): Promise<readonly string[]> {
    const size = (await this.latestHead())?.treeSize ?? 0;
    if (from < 1 || from > to || to > size) {
      throw new Problem(400, 'VALIDATION_FAILED', `应满足 0 < from ≤ to ≤ ${size} / Must be 0 < from ≤ to ≤ ${size}`);
    }
    return consistencyPath(from, to, await this.reader(nodesOfConsistency(from, to)));
  }

  private async append(manager: EntityManager, size: number, due: readonly Due[]): Promise<void> {
    const bodies = due.map(({ leaf }) => canonicalJson(leaf));
    const { nodes } = appendLeaves(size, await this.nodes(manager, nodesOfRoot(size)), bodies);
    const rows = due.map(({ leaf, entries }, offset) => ({ index: size + offset, session_id: leaf.sessionId, body: bodies[offset], entries }));
    const given = JSON.stringify(rows);
    await manager.query('insert into log_leaf (index, session_id, body) select * from json_to_recordset($1) as r(index integer, session_id uuid, body text)', [given]);
    await manager.query('insert into log_node (level, index, hash) select * from json_to_recordset($1) as r(level smallint, index integer, hash text)', [JSON.stringify(nodes)]);
    const places = 'json_to_recordset($1) as r(index integer, session_id uuid, entries integer)';
    await manager.query(`update study_session s set opened_leaf_index = r.index from ${places} where s.id = r.session_id and r.entries is null`, [given]);
    await manager.query(`update evidence_bundle b set leaf_index = r.index from ${places} where b.session_id = r.session_id and b.entries = r.entries`, [given]);
  }

  /** What is to be appended next; openings first. */
  private async due(manager: EntityManager): Promise<readonly Due[]> {
    const opened: readonly { readonly id: string; readonly commitment: string; readonly opened_at: Date }[] = await manager.query(
      'select id, commitment, opened_at from study_session where opened_leaf_index is null order by opened_at, id limit $1', [BATCH]);
    if (opened.length > 0) {
      return opened.map(({ id, commitment, opened_at }) => ({ leaf: { kind: 'OPENED', sessionId: id, commitment, openedAt: opened_at.toISOString() }, entries: null }));
    }
    const bundles = await manager.find(EvidenceBundleEntity, { where: { leafIndex: IsNull() }, order: { createdAt: 'ASC', sessionId: 'ASC' }, take: BATCH });
    return bundles.map(({ sessionId, manifestHash, verdict, closedAt, entries }) => ({
      leaf: { kind: 'CLOSED', sessionId, manifestHash, verdict, closedAt: closedAt.toISOString() }, entries,
    }));
  }

  private async sizeOf(manager: EntityManager): Promise<number> {
    const [row]: readonly { readonly size: number }[] = await manager.query('select coalesce(max(index) + 1, 0) as size from log_leaf');
    return row?.size ?? 0;
  }

  private leavesOf(sessionId: string, treeSize: number): Promise<readonly LogLeafEntity[]> {
    return this.dataSource.manager.find(LogLeafEntity, { where: { sessionId, index: LessThanOrEqual(treeSize - 1) }, order: { index: 'ASC' } });
  }

  private async reader(places: readonly NodePlace[]): Promise<NodeAt> {
    return nodeReader(new Map((await this.nodes(this.dataSource.manager, places)).map((node) => [placeOf(node), node.hash])));
  }

  private nodes(manager: EntityManager, places: readonly NodePlace[]): Promise<readonly TreeNode[]> {
    return manager.query(
      'select n.level, n.index, n.hash from log_node n join json_to_recordset($1) as r(level smallint, index integer) on r.level = n.level and r.index = n.index',
      [JSON.stringify(places)],
    );
  }
}

/** A head as it is published. */
export const treeHeadOf = ({ treeSize, rootHash, signedAt, jws, token }: LogHeadEntity): TreeHead => ({
  treeSize, rootHash, timestamp: signedAt.toISOString(), jws, timestampToken: token?.toString('base64') ?? null,
});
