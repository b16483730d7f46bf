import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By what kept pictures are known again. All of it goes with the picture's key, and with the trainee's. */
export class Replay1760000000006 implements MigrationInterface {
  readonly name = 'Replay1760000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

const UP: readonly string[] = [
  `create table picture_print (
     digest bytea not null,
     capture_id uuid not null,
     session_id uuid,
     image_id uuid not null,
     trainee_key_id uuid not null,
     constraint pk_picture_print primary key (digest, capture_id),
     constraint fk_picture_print_trainee_key foreign key (trainee_key_id) references trainee_key (id) on delete cascade
   )`,
  `create index ix_picture_print_image on picture_print (image_id)`,
  `create index ix_picture_print_trainee_key on picture_print (trainee_key_id)`,
  `create table picture_likeness (
     image_id uuid not null,
     capture_id uuid not null,
     session_id uuid,
     trainee_key_id uuid not null,
     gradients_sealed bytea not null,
     taken_at timestamptz not null,
     constraint pk_picture_likeness primary key (image_id),
     constraint fk_picture_likeness_trainee_key foreign key (trainee_key_id) references trainee_key (id) on delete cascade
   )`,
  `create index ix_picture_likeness_trainee_key on picture_likeness (trainee_key_id, taken_at)`,
  // Whoever erases a picture forgets its key; what it could be known by is forgotten with it.
  `create function forget_picture() returns trigger language plpgsql as $$
   begin
     delete from picture_print where image_id = new.id;
     delete from picture_likeness where image_id = new.id;
     return null;
   end $$`,
  `create trigger tr_stored_image_forgotten after update of key_sealed on stored_image
     for each row when (new.key_sealed is null) execute function forget_picture()`,
];

const DOWN: readonly string[] = [
  `drop trigger tr_stored_image_forgotten on stored_image`,
  `drop function forget_picture`,
  `drop table picture_likeness, picture_print`,
];
