import { isMain } from '../common/is-main.js';
import { loadConfig } from '../config/config.js';
import { openDataSource } from '../database/data-source.js';
import { TraineeKeys } from './trainee-keys.js';
import { VaultKeys } from './vault-keys.js';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const dataSource = await openDataSource(config.databaseUrl);
  try {
    const keys = new TraineeKeys(dataSource, new VaultKeys(config, dataSource));
    const version = await keys.rotate(({ done, total }) => process.stderr.write(`已重新封装 / re-wrapped: ${done}/${total}\n`));
    process.stdout.write(`影像库密钥已更换为第 ${version} 版，旧版已销毁 / The vault's key is now version ${version}; older ones are destroyed\n`);
  } finally {
    await dataSource.destroy();
  }
}

if (isMain(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
