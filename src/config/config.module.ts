import { Global, Module } from '@nestjs/common';
import { CONFIG, loadConfig } from './config.js';

/** Makes the checked `Config` injectable everywhere: `@Inject(CONFIG) config: Config`. */
@Global()
@Module({
  providers: [{ provide: CONFIG, useFactory: () => loadConfig(process.env) }],
  exports: [CONFIG],
})
export class ConfigModule {}
