import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Versions of the vault's key, erasures with receipts, legal holds, access to pictures, disputes, retention. */
export class Privacy1760000000007 implements MigrationInterface {
  readonly name = 'Privacy1760000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const BUNDLE_TRIGGER = (mayDelete: string): string => `create or replace function refuse_bundle_change() returns trigger language plpgsql as $$
   begin
     if tg_op = 'UPDATE' and old.leaf_index is null and to_jsonb(new) - 'leaf_index' = to_jsonb(old) - 'leaf_index' then
       return new;
     end if;${mayDelete}
     raise exception 'a record of evidence is written once' using errcode = 'restrict_violation';
   end $$`;

const UP: readonly string[] = [
  `create table vault_key (
     version integer not null,
     key_sealed bytea,
     created_at timestamptz not null,
     constraint pk_vault_key primary key (version)
   )`,
  // The key of an installation before its first rotation follows from its secret.
  `insert into vault_key (version, key_sealed, created_at) values (1, null, now())`,
  `alter table trainee_key add column vault_key_version integer not null default 1,
     add constraint fk_trainee_key_vault_key foreign key (vault_key_version) references vault_key (version)`,
  `alter table trainee_key alter column vault_key_version drop default`,
  `create index ix_trainee_key_vault_key on trainee_key (vault_key_version, id)`,

  `alter table stored_image alter column key_sealed drop not null,
     add column erased_at timestamptz,
     add column erased_ground text,
     add column erased_rule text,
     add column erasure_id uuid,
     add column file_removed_at timestamptz`,
  `update stored_image i set erased_at = now(), erased_ground = 'REQUEST', file_removed_at = now(), key_sealed = null, digest_key_sealed = null
     where not exists (select 1 from trainee_key k where k.id = i.trainee_key_id)`,
  `alter table stored_image drop constraint ck_stored_image_kind,
     add constraint ck_stored_image_kind check (kind in ('snapshot', 'liveness', 'reference', 'disputed')),
     add constraint ck_stored_image_erased check ((erased_at is null) = (erased_ground is null) and (erased_at is null) = (key_sealed is not null))`,
  `create index ix_stored_image_kept on stored_image (created_at, id) where erased_at is null`,
  `create index ix_stored_image_file_left on stored_image (erasure_id) where erased_at is not null and file_removed_at is null`,

  `alter table consent drop constraint ck_consent_purpose,
     add constraint ck_consent_purpose check (purpose in ('FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER', 'GUARDIAN')),
     add column guardian_sealed bytea`,
  `create index ix_consent_withdrawn on consent (withdrawn_at) where withdrawn_at is not null`,

  `create table erasure (
     id uuid not null,
     platform_id uuid not null,
     trainee_id uuid not null,
     scope text not null,
     ground text not null,
     rule text,
     ordered_by text not null,
     ordered_at timestamptz not null,
     shredded_at timestamptz,
     finished_at timestamptz,
     counts jsonb,
     receipts jsonb not null,
     constraint pk_erasure primary key (id),
     constraint fk_erasure_trainee foreign key (trainee_id) references trainee (id),
     constraint ck_erasure_scope check (scope in ('FACE', 'PICTURES', 'ALL', 'EXPIRED')),
     constraint ck_erasure_ground check (ground in ('REQUEST', 'CONSENT_WITHDRAWN', 'RETENTION'))
   )`,
  `create index ix_erasure_trainee on erasure (trainee_id, ordered_at)`,
  `create index ix_erasure_unfinished on erasure (ordered_at) where finished_at is null`,

  `create table legal_hold (
     id uuid not null,
     platform_id uuid not null,
     trainee_id uuid not null,
     session_id uuid,
     reason text not null,
     placed_by text not null,
     placed_at timestamptz not null,
     lifted_by text,
     lifted_at timestamptz,
     constraint pk_legal_hold primary key (id),
     constraint fk_legal_hold_trainee foreign key (trainee_id) references trainee (id)
   )`,
  `create unique index uq_legal_hold_trainee on legal_hold (trainee_id) where session_id is null and lifted_at is null`,
  `create unique index uq_legal_hold_session on legal_hold (session_id) where lifted_at is null`,
  `create index ix_legal_hold_trainee on legal_hold (trainee_id)`,

  `create table image_access (
     id uuid not null,
     platform_id uuid not null,
     trainee_id uuid not null,
     session_id uuid,
     image_id uuid not null,
     viewer text not null,
     purpose text not null,
     reason text,
     origin text not null,
     "at" timestamptz not null,
     constraint pk_image_access primary key (id)
   )`,
  `create index ix_image_access_image on image_access (image_id, "at")`,
  `create index ix_image_access_trainee on image_access (trainee_id, "at")`,
  `create index ix_image_access_at on image_access ("at")`,

  `create table face_gauge (
     id smallint not null,
     subjects integer not null,
     measured_at timestamptz not null,
     reached_at timestamptz,
     constraint pk_face_gauge primary key (id),
     constraint ck_face_gauge_single check (id = 1)
   )`,

  `create table session_dispute (
     id uuid not null,
     session_id uuid not null,
     platform_id uuid not null,
     opened_by text not null,
     reason text not null,
     opened_at timestamptz not null,
     keep_days integer not null,
     constraint pk_session_dispute primary key (id)
   )`,
  `create unique index uq_session_dispute_session on session_dispute (session_id)`,

  `alter table enrolment add column settlement jsonb`,

  `create table record_purge (
     session_id uuid not null,
     trainee_id uuid not null,
     rule text not null,
     purged_at timestamptz not null,
     constraint pk_record_purge primary key (session_id)
   )`,
  // A bundle may go when the end of its retention is on record.
  BUNDLE_TRIGGER(`
     if tg_op = 'DELETE' and exists (select 1 from record_purge p where p.session_id = old.session_id) then
       return old;
     end if;`),
];

const DOWN: readonly string[] = [
  BUNDLE_TRIGGER(''),
  `drop table record_purge, session_dispute, face_gauge, image_access, legal_hold, erasure`,
  `alter table enrolment drop column settlement`,
  `drop index ix_consent_withdrawn`,
  `alter table consent drop column guardian_sealed, drop constraint ck_consent_purpose,
     add constraint ck_consent_purpose check (purpose in ('FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER'))`,
  `drop index ix_stored_image_file_left, ix_stored_image_kept`,
  `update stored_image set key_sealed = '' where key_sealed is null`,
  `alter table stored_image drop constraint ck_stored_image_erased, drop constraint ck_stored_image_kind,
     add constraint ck_stored_image_kind check (kind in ('snapshot', 'liveness', 'reference')),
     drop column file_removed_at, drop column erasure_id, drop column erased_rule, drop column erased_ground, drop column erased_at,
     alter column key_sealed set not null`,
  `drop index ix_trainee_key_vault_key`,
  `alter table trainee_key drop constraint fk_trainee_key_vault_key, drop column vault_key_version`,
  `drop table vault_key`,
];
