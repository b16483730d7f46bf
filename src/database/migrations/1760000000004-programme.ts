import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sessions bring to class hours, what enrolments are judged by besides, and the approval of videos. */
export class Programme1760000000004 implements MigrationInterface {
  readonly name = 'Programme1760000000004';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  `alter table study_session add column account jsonb`,
  `alter table enrolment add column cohort jsonb, add column programme jsonb`,
  `alter table lesson add column is_new_video boolean not null default false, add column video_approval jsonb`,
  `alter table lesson alter column is_new_video drop default`,
];

const DOWN: readonly string[] = [
  `alter table lesson drop column video_approval, drop column is_new_video`,
  `alter table enrolment drop column programme, drop column cohort`,
  `alter table study_session drop column account`,
];
