import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Platforms, trainees with their consents, courses, enrolments and the versions of policies. */
export class Training1760000000001 implements MigrationInterface {
  readonly name = 'Training1760000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  `create table platform (
     id uuid not null,
     name text not null,
     created_at timestamptz not null,
     constraint pk_platform primary key (id),
     constraint uq_platform_name unique (name)
   )`,
  `create table platform_key (
     id uuid not null,
     platform_id uuid not null,
     key_hash bytea not null,
     created_at timestamptz not null,
     revoked_at timestamptz,
     last_used_at timestamptz,
     constraint pk_platform_key primary key (id),
     constraint uq_platform_key_hash unique (key_hash),
     constraint fk_platform_key_platform foreign key (platform_id) references platform (id)
   )`,
  `create index ix_platform_key_platform on platform_key (platform_id)`,
  `create table policy_version (
     policy_id text not null,
     version integer not null,
     hash text not null,
     body jsonb not null,
     created_at timestamptz not null,
     constraint pk_policy_version primary key (policy_id, version)
   )`,
  `create function refuse_policy_version_change() returns trigger language plpgsql as $$
   begin
     raise exception 'policy_version is immutable: store a higher version instead' using errcode = 'restrict_violation';
   end $$`,
  `create trigger tr_policy_version_immutable before update or delete on policy_version
     for each row execute function refuse_policy_version_change()`,
  `create table trainee (
     id uuid not null,
     platform_id uuid not null,
     external_ref text not null,
     person_key text not null,
     id_type text not null,
     name_sealed bytea not null,
     id_number_sealed bytea not null,
     name_masked text not null,
     id_number_masked text not null,
     is_accessible boolean not null,
     created_at timestamptz not null,
     constraint pk_trainee primary key (id),
     constraint uq_trainee_platform_external_ref unique (platform_id, external_ref),
     constraint fk_trainee_platform foreign key (platform_id) references platform (id),
     constraint ck_trainee_id_type check (id_type in ('RESIDENT_ID', 'OTHER'))
   )`,
  `create index ix_trainee_person_key on trainee (person_key)`,
  `create table consent (
     id uuid not null,
     trainee_id uuid not null,
     purpose text not null,
     text_hash text not null,
     text_version text not null,
     locale text not null,
     channel text not null,
     "at" timestamptz not null,
     withdrawn_at timestamptz,
     constraint pk_consent primary key (id),
     constraint fk_consent_trainee foreign key (trainee_id) references trainee (id),
     constraint ck_consent_purpose check (purpose in ('FACE_VERIFICATION', 'SNAPSHOT_RETENTION', 'SUPERVISION_TRANSFER'))
   )`,
  `create index ix_consent_trainee_purpose on consent (trainee_id, purpose)`,
  `create table course (
     id uuid not null,
     platform_id uuid not null,
     title text not null,
     course_type text not null,
     policy_id text not null,
     syllabus_version integer not null,
     created_at timestamptz not null,
     constraint pk_course primary key (id),
     constraint fk_course_platform foreign key (platform_id) references platform (id),
     constraint ck_course_type check (course_type in ('PROFESSIONAL', 'GENERAL'))
   )`,
  `create index ix_course_platform on course (platform_id)`,
  `create table lesson (
     id uuid not null,
     course_id uuid not null,
     syllabus_version integer not null,
     position integer not null,
     title text not null,
     duration_ms integer not null,
     video_url text not null,
     video_sha256 text not null,
     constraint pk_lesson primary key (id),
     constraint uq_lesson_course_syllabus_position unique (course_id, syllabus_version, position),
     constraint fk_lesson_course foreign key (course_id) references course (id),
     constraint ck_lesson_position check (position >= 1),
     constraint ck_lesson_duration check (duration_ms > 0)
   )`,
  `create table enrolment (
     id uuid not null,
     platform_id uuid not null,
     trainee_id uuid not null,
     course_id uuid not null,
     syllabus_version integer not null,
     policy_id text not null,
     policy_version integer not null,
     created_at timestamptz not null,
     constraint pk_enrolment primary key (id),
     constraint uq_enrolment_trainee_course unique (trainee_id, course_id),
     constraint fk_enrolment_platform foreign key (platform_id) references platform (id),
     constraint fk_enrolment_trainee foreign key (trainee_id) references trainee (id),
     constraint fk_enrolment_course foreign key (course_id) references course (id),
     constraint fk_enrolment_policy_version foreign key (policy_id, policy_version) references policy_version (policy_id, version)
   )`,
  `create index ix_enrolment_course on enrolment (course_id)`,
  `create index ix_enrolment_platform on enrolment (platform_id)`,
];

const DOWN: readonly string[] = [
  `drop table enrolment, lesson, course, consent, trainee, policy_version, platform_key, platform`,
  `drop function refuse_policy_version_change()`,
];
