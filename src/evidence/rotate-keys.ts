import { loadConfig } from '../config/config.js';
import { isMain } from '../common/is-main.js';
import { openDataSource } from '../database/data-source.js';
import { SigningKeys } from './signing-keys.js';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const dataSource = await openDataSource(config.databaseUrl);
  try {
    const kid = await new SigningKeys(config, dataSource).rotate();
    process.stdout.write(`新签名密钥已启用，旧密钥仍可核验 / A new key signs from now on; what older ones signed stays verifiable: ${kid}\n`);
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
