import { PROTOCOL_VERSION, type SessionJoin } from '@xuejian/protocol';
import type { Clock } from './clock.js';
import { deviceId, drawInstanceId, drawNonce } from './identity.js';

declare const __SDK_VERSION__: string;
const SDK = typeof __SDK_VERSION__ === 'string' ? `xuejian-web/${__SDK_VERSION__}` : 'xuejian-web/dev';

/** What this page says about itself at every join; the random parts are drawn once. */
export class PageIdentity {
  readonly instanceId = drawInstanceId();
  readonly #clientNonce = drawNonce();

  constructor(private readonly clock: Clock) {}

  describe(takeover: boolean, camera: string | null): SessionJoin {
    return {
      protocol: PROTOCOL_VERSION,
      instanceId: this.instanceId,
      deviceId: deviceId(),
      clientNonce: this.#clientNonce,
      clientMonoMs: this.clock.mono(),
      clientWallAt: this.clock.wall(),
      takeover,
      sdk: SDK,
      environment: {
        userAgent: navigator.userAgent.slice(0, 500),
        camera,
        screenExtended: (globalThis.screen as (Screen & { readonly isExtended?: boolean }) | undefined)?.isExtended ?? null,
      },
    };
  }
}
