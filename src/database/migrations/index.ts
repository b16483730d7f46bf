import type { MigrationInterface } from 'typeorm';
import { Training1760000000001 } from './1760000000001-training.js';

export type MigrationClass = new () => MigrationInterface;

/** Every migration, oldest first: each feature adds its own here. */
export const MIGRATIONS: readonly MigrationClass[] = [Training1760000000001];
