import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { Bundles } from '../evidence/bundle/bundles.js';
import type { ChainedEntry } from '../evidence/proof/chain.js';
import type { SessionEvent } from '../rules/event.js';

/** Where a session's journal lies: the day of opening is part of the key. */
export interface JournalKey {
  readonly sessionId: string;
  readonly openedDay: string;
}

export type JournalEntry = ChainedEntry<SessionEvent>;

/** Only the holder of this lease may write: entries under an epoch that has passed are refused. */
export interface Fence {
  readonly personKey: string;
  readonly epoch: number;
}

interface PendingAppend {
  readonly key: JournalKey;
  readonly rows: readonly JournalRow[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface JournalRow {
  readonly opened_day: string;
  readonly session_id: string;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly body: string;
  readonly hash: string;
  readonly person_key: string | null;
  readonly lease_epoch: number | null;
}

/** The session is written elsewhere: by another node, or under a newer lease. This node has to let go. */
export class FenceLost extends Error {
  constructor(readonly sessionId: string) {
    super(`the journal of session ${sessionId} is written elsewhere`);
    this.name = 'FenceLost';
  }
}

const MAX_BATCH_ROWS = 500;

/**
 * Rows that do not come back lost their fence: another writer has the sequence number, here or in a bundle already, or
 * the lease has a newer epoch.
 * The rows of one append share both, so they stand or fall together.
 */
const APPEND = `
  insert into journal_entry (opened_day, session_id, seq, at, type, body, hash)
  select r.opened_day, r.session_id, r.seq, r.at, r.type, r.body, r.hash
  from json_to_recordset($1) as r(opened_day date, session_id uuid, seq integer, at bigint, type text, body text, hash text, person_key text, lease_epoch integer)
  left join play_lease l on l.person_key = r.person_key
  where (r.lease_epoch is null or l.epoch = r.lease_epoch)
    and not exists (select 1 from evidence_bundle b where b.session_id = r.session_id and b.entries >= r.seq)
  on conflict do nothing
  returning session_id, seq`;

/** The append-only, hash-chained journal in PostgreSQL, written in groups: one statement per few milliseconds per node. */
@Injectable()
export class Journal {
  private pending: PendingAppend[] = [];
  private isFlushing = false;
  private readonly knownDays = new Set<string>();

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly bundles: Bundles,
  ) {}

  /**
   * Writes entries and returns after the commit.
   * @throws FenceLost when another writer was first; nothing of this call is then in the journal.
   */
  append(key: JournalKey, entries: readonly JournalEntry[], fence: Fence | null): Promise<void> {
    const rows = rowsOf(key, entries, fence);
    return new Promise((resolve, reject) => {
      this.pending.push({ key, rows, resolve, reject });
      void this.flush();
    });
  }

  /**
   * Writes entries behind a closed session, within the caller's transaction.
   * @throws FenceLost when another writer was first
   */
  async appendWithin(manager: EntityManager, key: JournalKey, entries: readonly JournalEntry[]): Promise<void> {
    const written: readonly unknown[] = await manager.query(APPEND, [JSON.stringify(rowsOf(key, entries, null))]);
    if (written.length !== entries.length) throw new FenceLost(key.sessionId);
  }

  /** A session's whole journal in order: from its bundle what has gone there, from this table what came later. */
  async load({ sessionId, openedDay }: JournalKey, manager: EntityManager = this.dataSource.manager): Promise<readonly JournalEntry[]> {
    const rows: readonly { readonly seq: number; readonly body: string; readonly hash: string }[] = await manager.query(
      'select seq, body, hash from journal_entry where opened_day = $1 and session_id = $2 order by seq',
      [openedDay, sessionId],
    );
    const hot = rows.map(({ seq, body, hash }) => ({ seq, event: JSON.parse(body) as SessionEvent, body, hash }));
    if (hot[0]?.seq === 1) return hot;
    // Rows go with the commit that records their bundle, so a bundle asked for afterwards holds all that are not here.
    const bundled = await this.bundles.entriesOf(sessionId, manager);
    return [...bundled, ...hot.filter(({ seq }) => seq > bundled.length)];
  }

  /** Takes the entries that a bundle on record holds out of this table, within the caller's transaction. */
  async release(manager: EntityManager, { sessionId, openedDay }: JournalKey, entries: number): Promise<void> {
    await manager.query('delete from journal_entry where opened_day = $1 and session_id = $2 and seq <= $3', [openedDay, sessionId, entries]);
  }

  /** Makes the partition of a day, once. */
  async prepareDay(openedDay: string): Promise<void> {
    if (this.knownDays.has(openedDay)) return;
    const name = `journal_entry_${openedDay.replaceAll('-', '')}`;
    const nextDay = new Date(Date.parse(openedDay) + 86_400_000).toISOString().slice(0, 10);
    await this.dataSource.transaction(async (manager) => {
      await manager.query(`select pg_advisory_xact_lock(hashtext('journal_entry.partition'))`);
      await manager.query(`create table if not exists ${name} partition of journal_entry for values from ('${openedDay}') to ('${nextDay}')`);
    });
    this.knownDays.add(openedDay);
  }

  private async flush(): Promise<void> {
    if (this.isFlushing) return;
    this.isFlushing = true;
    try {
      while (this.pending.length > 0) await this.write(this.takeBatch());
    } finally {
      this.isFlushing = false;
    }
  }

  private takeBatch(): readonly PendingAppend[] {
    let rows = 0;
    const count = this.pending.findIndex((append) => (rows += append.rows.length) > MAX_BATCH_ROWS);
    return this.pending.splice(0, count === -1 ? this.pending.length : Math.max(1, count));
  }

  private async write(batch: readonly PendingAppend[]): Promise<void> {
    try {
      const written: readonly { readonly session_id: string; readonly seq: number }[] = await this.dataSource.query(APPEND, [
        JSON.stringify(batch.flatMap((append) => append.rows)),
      ]);
      const keys = new Set(written.map((row) => `${row.session_id}/${row.seq}`));
      for (const { key, rows, resolve, reject } of batch) {
        const isWritten = rows.every((row) => keys.has(`${row.session_id}/${row.seq}`));
        if (isWritten) resolve();
        else reject(new FenceLost(key.sessionId));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}

const rowsOf = (key: JournalKey, entries: readonly JournalEntry[], fence: Fence | null): readonly JournalRow[] =>
  entries.map(({ seq, event, body, hash }) => ({
    opened_day: key.openedDay,
    session_id: key.sessionId,
    seq,
    at: Math.round(event.at),
    type: event.type,
    body,
    hash,
    person_key: fence?.personKey ?? null,
    lease_epoch: fence?.epoch ?? null,
  }));
