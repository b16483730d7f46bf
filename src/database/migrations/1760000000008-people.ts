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
];

const DOWN: readonly string[] = [`drop table outside_event`];
