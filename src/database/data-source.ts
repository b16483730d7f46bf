import { DataSource, type DataSourceOptions } from 'typeorm';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

/** Connections one process may hold; the gateway commits in groups, so few carry much. */
const POOL_SIZE = 10;

/** Settings shared by both processes, migrations and tests. The schema comes from migrations alone. */
export function dataSourceOptions(databaseUrl: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    entities: [...ENTITIES],
    migrations: [...MIGRATIONS],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    applicationName: 'xuejian',
    poolSize: POOL_SIZE,
    connectTimeoutMS: 10_000,
    extra: { keepAlive: true },
  };
}

/** A connected data source outside Nest; the caller destroys it. */
export function openDataSource(databaseUrl: string): Promise<DataSource> {
  return new DataSource(dataSourceOptions(databaseUrl)).initialize();
}
