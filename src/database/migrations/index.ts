import type { MigrationInterface } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;

/** Every migration, oldest first: each feature adds its own here. */
export const MIGRATIONS: readonly MigrationClass[] = [];
