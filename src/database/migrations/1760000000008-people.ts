import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people decide: facts on their way into sessions, cases for reviewers, changes of reference faces. */
export class People1760000000008 implements MigrationInterface {
  readonly name = 'People1760000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  `create table outside_event (
     id uuid not null,
     session_id uuid not null,
     event jsonb not null,
     created_at timestamptz not null,
     taken_at timestamptz,
     delivered_at timestamptz,
     constraint pk_outside_event primary key (id)
   )`,
  `create index ix_outside_event_undelivered on outside_event (created_at, id) where delivered_at is null`,
  `create index ix_outside_event_session on outside_event (session_id)`,
  `alter table platform_key add column scope text not null default 'PLATFORM'`,
  `alter table platform_key alter column scope drop default, add constraint ck_platform_key_scope check (scope in ('PLATFORM', 'REVIEW'))`,
  `alter table enrolment add column is_twin_declared boolean not null default false`,
  `alter table enrolment alter column is_twin_declared drop default`,
  `create table review_case (
     id uuid not null,
     platform_id uuid not null,
     kind text not null,
     subject_id uuid not null,
     trainee_id uuid not null,
     reasons jsonb not null,
     ways jsonb not null,
     opened_at timestamptz not null,
     due_at timestamptz not null,
     state text not null,
     claimed_by jsonb,
     claimed_at timestamptz,
     way text,
     decision jsonb,
     decided_at timestamptz,
     constraint pk_review_case primary key (id),
     constraint uq_review_case_subject unique (kind, subject_id, opened_at),
     constraint fk_review_case_platform foreign key (platform_id) references platform (id),
     constraint fk_review_case_trainee foreign key (trainee_id) references trainee (id),
     constraint ck_review_case_kind check (kind in ('ALTERNATIVE', 'SESSION', 'REFERENCE_FACE')),
     constraint ck_review_case_state check (state in ('OPEN', 'CLAIMED', 'DECIDED', 'MOOT'))
   )`,
  `create unique index uq_review_case_pending on review_case (kind, subject_id) where state in ('OPEN', 'CLAIMED')`,
  `create index ix_review_case_queue on review_case (platform_id, kind, opened_at, id) where state in ('OPEN', 'CLAIMED')`,
  `create index ix_review_case_trainee on review_case (trainee_id)`,
  `create table review_act (
     case_id uuid not null,
     seq integer not null,
     at timestamptz not null,
     act text not null,
     reviewer jsonb,
     detail jsonb not null,
     constraint pk_review_act primary key (case_id, seq),
     constraint fk_review_act_case foreign key (case_id) references review_case (id)
   )`,
  // Sessions that were waiting for a review before there were cases.
  `insert into review_case (id, platform_id, kind, subject_id, trainee_id, reasons, ways, opened_at, due_at, state)
   select gen_random_uuid(), platform_id, 'SESSION', id, trainee_id, '[]', '[]', closed_at, closed_at + interval '72 hours', 'OPEN'
   from study_session where verdict = 'PENDING_REVIEW'`,
  `insert into review_act (case_id, seq, at, act, detail) select id, 1, opened_at, 'OPENED', '{"reasons": []}' from review_case`,
  `create function refuse_review_act_change() returns trigger language plpgsql as $$
   begin
     raise exception 'what reviewers did is append-only' using errcode = 'restrict_violation';
   end $$`,
  `create trigger tr_review_act_append_only before update or delete on review_act for each row execute function refuse_review_act_change()`,
  `alter table reference_face
     drop constraint ck_reference_face_status,
     add constraint ck_reference_face_status check (status in ('UPLOADED', 'ACTIVE', 'PENDING_REVIEW', 'REFUSED', 'SUPERSEDED')),
     add column intent text not null default 'REPLACE',
     add column acceptance text,
     add column distance double precision,
     add column compared_with integer,
     add column photos integer not null default 1,
     add column in_force_from timestamptz,
     add column in_force_until timestamptz,
     add constraint ck_reference_face_intent check (intent in ('REPLACE', 'ADD')),
     add constraint ck_reference_face_acceptance check (acceptance in ('FIRST', 'ADDED', 'MATCHED', 'APPROVED'))`,
  `alter table reference_face alter column intent drop default, alter column photos drop default`,
  // Whoever was in force before stands as vouched for: there was nothing to compare it with.
  `update reference_face set acceptance = 'FIRST', in_force_from = judged_at where status in ('ACTIVE', 'SUPERSEDED')`,
];

const DOWN: readonly string[] = [
  `update reference_face set status = 'REFUSED', refusal = 'REVIEW_REFUSED' where status = 'PENDING_REVIEW'`,
  `alter table reference_face
     drop constraint ck_reference_face_status,
     add constraint ck_reference_face_status check (status in ('UPLOADED', 'ACTIVE', 'REFUSED', 'SUPERSEDED')),
     drop column in_force_until, drop column in_force_from, drop column photos, drop column compared_with,
     drop column distance, drop column acceptance, drop column intent`,
  `drop table review_act, review_case`,
  `drop function refuse_review_act_change`,
  `alter table enrolment drop column is_twin_declared`,
  `alter table platform_key drop column scope`,
  `drop table outside_event`,
];
