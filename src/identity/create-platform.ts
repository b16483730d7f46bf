import { isMain } from '../common/is-main.js';
import { openDataSource } from '../database/data-source.js';
import { type KeyScope, PlatformEntity, PlatformKeyEntity } from './platform.entity.js';
import { PlatformsService } from './platforms.service.js';

/** Makes a key for the platform of this name, and the platform when there is none yet. */
export async function createPlatformKey(databaseUrl: string, name: string, scope: KeyScope = 'PLATFORM'): Promise<{ readonly platformId: string; readonly key: string }> {
  const dataSource = await openDataSource(databaseUrl);
  try {
    const platforms = new PlatformsService(dataSource.getRepository(PlatformEntity), dataSource.getRepository(PlatformKeyEntity));
    const platform = await platforms.create(name);
    const { key } = await platforms.issueKey(platform.id, scope);
    return { platformId: platform.id, key };
  } finally {
    await dataSource.destroy();
  }
}

const SCOPES: Readonly<Record<string, KeyScope>> = { platform: 'PLATFORM', review: 'REVIEW' };

async function main(): Promise<void> {
  const [name, purpose = 'platform'] = process.argv.slice(2);
  const databaseUrl = process.env['DATABASE_URL'];
  const scope = SCOPES[purpose];
  if (!name || scope === undefined) throw new Error('用法 / usage: node dist/identity/create-platform.js "平台名称 / platform name" [platform|review]');
  if (!databaseUrl) throw new Error('DATABASE_URL 未设置 / is not set');
  const { platformId, key } = await createPlatformKey(databaseUrl, name, scope);
  process.stderr.write(`平台 / platform: ${platformId}\n密钥只显示这一次 / the key is shown this once:\n`);
  process.stdout.write(`${key}\n`);
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
