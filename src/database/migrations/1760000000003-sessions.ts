import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions, leases, the journal (append-only, partitioned by day of opening) and the checks workers have to judge. */
export class Sessions1760000000003 implements MigrationInterface {
  readonly name = 'Sessions1760000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  `create table study_session (
     id uuid not null,
     platform_id uuid not null,
     enrolment_id uuid not null,
     lesson_id uuid not null,
     trainee_id uuid not null,
     person_key text not null,
     attempt integer not null,
     opened_day date not null,
     opened_at timestamptz not null,
     closed_at timestamptz,
     verdict text not null,
     failed_rule text,
     reason_code text,
     credited_ms integer not null,
     popup_clock_ms integer not null,
     commitment text not null,
     seed_sealed bytea not null,
     token_generation integer not null,
     constraint pk_study_session primary key (id),
     constraint uq_study_session_attempt unique (enrolment_id, lesson_id, attempt)
   )`,
  `create index ix_study_session_platform_opened on study_session (platform_id, opened_at, id)`,
  `create index ix_study_session_person on study_session (person_key)`,
  `create table play_lease (
     person_key text not null,
     epoch integer not null,
     session_id uuid not null,
     connection_id text not null,
     taken_at timestamptz not null,
     released_at timestamptz,
     constraint pk_play_lease primary key (person_key)
   )`,
  `create table journal_entry (
     opened_day date not null,
     session_id uuid not null,
     seq integer not null,
     at bigint not null,
     type text not null,
     body text not null,
     hash text not null,
     constraint pk_journal_entry primary key (opened_day, session_id, seq)
   ) partition by range (opened_day)`,
  `create function refuse_journal_change() returns trigger language plpgsql as $$
   begin
     raise exception 'the journal is append-only' using errcode = 'restrict_violation';
   end $$`,
  `create trigger tr_journal_append_only before update or delete on journal_entry
     for each row execute function refuse_journal_change()`,
  `create table check_task (
     id uuid not null,
     session_id uuid not null,
     trainee_id uuid not null,
     kind text not null,
     status text not null,
     acts jsonb not null,
     schedule_index integer not null,
     result jsonb,
     received_at timestamptz not null,
     judged_at timestamptz,
     constraint pk_check_task primary key (id)
   )`,
  `create index ix_check_task_session on check_task (session_id)`,
  `create index ix_check_task_status on check_task (status, received_at)`,
  `create table capture_frame (
     check_id uuid not null,
     index integer not null,
     step integer not null,
     client_mono_ms double precision not null,
     image bytea not null,
     constraint pk_capture_frame primary key (check_id, index)
   )`,
];

const DOWN: readonly string[] = [
  `drop table capture_frame`,
  `drop table check_task`,
  `drop table journal_entry`,
  `drop function refuse_journal_change`,
  `drop table play_lease`,
  `drop table study_session`,
];
