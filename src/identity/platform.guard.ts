import { createParamDecorator, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { Problem } from '../common/problem.js';
import { bearerKeyOf } from './platform-key.js';
import type { KeyScope } from './platform.entity.js';
import { PlatformsService, unauthenticated, type Platform } from './platforms.service.js';

/** A request that passed the guard. */
export interface PlatformRequest extends Request {
  platform: Platform;
}

const FOR_REVIEWERS = 'xuejian:for-reviewers';

/** A handler that changes nothing although it is no GET: keys for reviewers pass too. */
export const ForReviewersToo = (): MethodDecorator => SetMetadata(FOR_REVIEWERS, true);

/** Lets a request through that carries a platform's key (`Authorization: Bearer xjk_…`); with a reviewer's, to look only. */
@Injectable()
export class PlatformGuard implements CanActivate {
  constructor(
    private readonly platforms: PlatformsService,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    const scope = await identify(request, this.platforms);
    const isLooking = request.method === 'GET' || this.reflector.get(FOR_REVIEWERS, context.getHandler()) === true;
    if (scope === 'REVIEW' && !isLooking) throw wrongScope('此密钥仅用于人工复核，不能用于教学操作 / This key is for reviewers: it looks and decides, it does not teach');
    return true;
  }
}

/** Lets a request through that carries a platform's key for reviewers. */
@Injectable()
export class ReviewerGuard implements CanActivate {
  constructor(private readonly platforms: PlatformsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = await identify(context.switchToHttp().getRequest<PlatformRequest>(), this.platforms);
    if (scope !== 'REVIEW') throw wrongScope('人工复核需要复核密钥 / Reviews take a key for reviewers');
    return true;
  }
}

async function identify(request: PlatformRequest, platforms: PlatformsService): Promise<KeyScope> {
  const key = bearerKeyOf(request.headers.authorization);
  if (key === null) throw unauthenticated();
  const { scope, ...platform } = await platforms.authenticate(key);
  request.platform = platform;
  return scope;
}

const wrongScope = (message: string): Problem => new Problem(403, 'FORBIDDEN', message);

/** The platform of the request, in handlers behind the `PlatformGuard`. */
export const CurrentPlatform = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Platform => context.switchToHttp().getRequest<PlatformRequest>().platform,
);
