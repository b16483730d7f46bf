import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keyed digests of pictures, signing keys, evidence bundles and the public log over all sessions. */
export class Evidence1760000000005 implements MigrationInterface {
  readonly name = 'Evidence1760000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  // A plain hash of a picture would tell, after its erasure, that somebody who has a copy is right.
  `alter table stored_image drop column sha256, add column digest text, add column digest_key_sealed bytea`,
  `update stored_image set meta = meta - 'receivedSha256' where kind <> 'reference'`,
  `alter table check_task add column digest_key_sealed bytea`,
  `create table signing_key (
     kid text not null,
     algorithm text not null,
     public_jwk jsonb not null,
     key_sealed bytea not null,
     not_before timestamptz not null,
     retired_at timestamptz,
     constraint pk_signing_key primary key (kid)
   )`,
  `create unique index uq_signing_key_active on signing_key (algorithm) where retired_at is null`,
  `create table evidence_bundle (
     session_id uuid not null,
     entries integer not null,
     manifest_hash text not null,
     path text not null,
     bytes integer not null,
     verdict text not null,
     closed_at timestamptz not null,
     leaf_index integer,
     created_at timestamptz not null,
     constraint pk_evidence_bundle primary key (session_id, entries)
   )`,
  `create index ix_evidence_bundle_unlogged on evidence_bundle (created_at, session_id) where leaf_index is null`,
  `create function refuse_bundle_change() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and old.leaf_index is null and to_jsonb(new) - 'leaf_index' = to_jsonb(old) - 'leaf_index' then
       return new;
     end if;
     raise exception 'a record of evidence is written once' using errcode = 'restrict_violation';
   end $$`,
  `create trigger tr_evidence_bundle_once before update or delete on evidence_bundle
     for each row execute function refuse_bundle_change()`,
  `alter table study_session add column bundled_at timestamptz, add column opened_leaf_index integer`,
  `create index ix_study_session_unbundled on study_session (closed_at) where closed_at is not null and bundled_at is null`,
  `create index ix_study_session_unlogged on study_session (opened_at, id) where opened_leaf_index is null`,
  // An entry may leave this table when a bundle that holds it is on record.
  `create or replace function refuse_journal_change() returns trigger language plpgsql as $$
   begin
     if tg_op = 'DELETE' and exists (select 1 from evidence_bundle b where b.session_id = old.session_id and b.entries >= old.seq) then
       return old;
     end if;
     raise exception 'the journal is append-only' using errcode = 'restrict_violation';
   end $$`,
  `create table log_leaf (
     index integer not null,
     session_id uuid not null,
     body text not null,
     constraint pk_log_leaf primary key (index)
   )`,
  `create index ix_log_leaf_session on log_leaf (session_id)`,
  `create table log_node (
     level smallint not null,
     index integer not null,
     hash text not null,
     constraint pk_log_node primary key (level, index)
   )`,
  `create table log_head (
     tree_size integer not null,
     root_hash text not null,
     signed_at timestamptz not null,
     jws text not null,
     token bytea,
     stamped_at timestamptz,
     stamp_tries integer not null,
     stamp_failure text,
     constraint pk_log_head primary key (tree_size)
   )`,
  `create index ix_log_head_unstamped on log_head (tree_size) where token is null`,
  `create function refuse_log_change() returns trigger language plpgsql as $$
   begin
     raise exception 'the log is append-only' using errcode = 'restrict_violation';
   end $$`,
  `create trigger tr_log_leaf_append_only before update or delete on log_leaf for each row execute function refuse_log_change()`,
  `create trigger tr_log_node_append_only before update or delete on log_node for each row execute function refuse_log_change()`,
];

const DOWN: readonly string[] = [
  `drop table log_head, log_node, log_leaf`,
  `drop function refuse_log_change`,
  `create or replace function refuse_journal_change() returns trigger language plpgsql as $$
   begin
     raise exception 'the journal is append-only' using errcode = 'restrict_violation';
   end $$`,
  `drop index ix_study_session_unlogged, ix_study_session_unbundled`,
  `alter table study_session drop column opened_leaf_index, drop column bundled_at`,
  `drop table evidence_bundle`,
  `drop function refuse_bundle_change`,
  `drop table signing_key`,
  `alter table check_task drop column digest_key_sealed`,
  `alter table stored_image drop column digest_key_sealed, drop column digest, add column sha256 text not null default ''`,
];
