import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import { Problem } from '../common/problem.js';
import { CONFIG, type Config } from '../config/config.js';

/** Without the demo switched on there is no demo. */
@Injectable()
export class DemoGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(): boolean {
    if (!this.config.demo) throw new Problem(404, 'NOT_FOUND', '没有找到 / Not found');
    return true;
  }
}
