import type { MigrationInterface } from 'typeorm';
import { Training1760000000001 } from './1760000000001-training.js';
import { Faces1760000000002 } from './1760000000002-faces.js';
import { Sessions1760000000003 } from './1760000000003-sessions.js';
import { Programme1760000000004 } from './1760000000004-programme.js';
import { Evidence1760000000005 } from './1760000000005-evidence.js';
import { Replay1760000000006 } from './1760000000006-replay.js';
import { Privacy1760000000007 } from './1760000000007-privacy.js';
import { People1760000000008 } from './1760000000008-people.js';

export type MigrationClass = new () => MigrationInterface;

/** Every migration, oldest first: each feature adds its own here. */
export const MIGRATIONS: readonly MigrationClass[] = [
  Training1760000000001,
  Faces1760000000002,
  Sessions1760000000003,
  Programme1760000000004,
  Evidence1760000000005,
  Replay1760000000006,
  Privacy1760000000007,
  People1760000000008,
];
