import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { bearerKeyOf } from './platform-key.js';
import { PlatformsService, unauthenticated, type Platform } from './platforms.service.js';

/** A request that passed the guard. */
export interface PlatformRequest extends Request {
  platform: Platform;
}

/** Lets a request through that carries a platform's key (`Authorization: Bearer xjk_…`). */
@Injectable()
export class PlatformGuard implements CanActivate {
  constructor(private readonly platforms: PlatformsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    const key = bearerKeyOf(request.headers.authorization);
    if (key === null) throw unauthenticated();
    request.platform = await this.platforms.authenticate(key);
    return true;
  }
}

/** The platform of the request, in handlers behind the `PlatformGuard`. */
export const CurrentPlatform = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Platform => context.switchToHttp().getRequest<PlatformRequest>().platform,
);
