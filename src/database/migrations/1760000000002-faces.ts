import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reference faces, and the pictures kept as evidence with the keys that open them. */
export class Faces1760000000002 implements MigrationInterface {
  readonly name = 'Faces1760000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table stored_image, trainee_key, reference_face');
  }
}

const UP: readonly string[] = [
  `create table reference_face (
     id uuid not null,
     trainee_id uuid not null,
     version integer not null,
     status text not null,
     refusal text,
     upload_sha256 text not null,
     upload_sealed bytea,
     descriptor_sealed bytea,
     quality jsonb,
     engine text,
     image_id uuid,
     created_at timestamptz not null,
     judged_at timestamptz,
     constraint pk_reference_face primary key (id),
     constraint uq_reference_face_trainee_version unique (trainee_id, version),
     constraint fk_reference_face_trainee foreign key (trainee_id) references trainee (id),
     constraint ck_reference_face_status check (status in ('UPLOADED', 'ACTIVE', 'REFUSED', 'SUPERSEDED'))
   )`,
  `create unique index uq_reference_face_active on reference_face (trainee_id) where status = 'ACTIVE'`,
  `create table trainee_key (
     id uuid not null,
     trainee_id uuid not null,
     key_sealed bytea not null,
     created_at timestamptz not null,
     constraint pk_trainee_key primary key (id),
     constraint uq_trainee_key_trainee unique (trainee_id),
     constraint fk_trainee_key_trainee foreign key (trainee_id) references trainee (id)
   )`,
  `create table stored_image (
     id uuid not null,
     session_id uuid,
     trainee_id uuid not null,
     kind text not null,
     sha256 text not null,
     content_type text not null,
     bytes integer not null,
     meta jsonb not null,
     path text not null,
     trainee_key_id uuid not null,
     key_sealed bytea not null,
     created_at timestamptz not null,
     constraint pk_stored_image primary key (id),
     constraint fk_stored_image_trainee foreign key (trainee_id) references trainee (id),
     constraint ck_stored_image_kind check (kind in ('snapshot', 'liveness', 'reference'))
   )`,
  `create index ix_stored_image_session on stored_image (session_id)`,
  `create index ix_stored_image_trainee on stored_image (trainee_id)`,
];
