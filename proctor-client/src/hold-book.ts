import type { HoldReason } from '@xuejian/protocol';

/** What the trainee should read first when several things hold. */
const ORDER: readonly HoldReason[] = [
  'LEASE', 'CONSENT', 'ALTERNATIVE', 'CAMERA', 'OFFLINE', 'WINDOW', 'POPUP_MISSED', 'FACE_CHECK', 'POPUP', 'SNAPSHOT_RETRY',
];

/** Why play is held: the server's word, and what this page knows before the server does. */
export class HoldBook {
  readonly #local = new Set<HoldReason>();
  #server: readonly HoldReason[] = [];

  setServer(holds: readonly HoldReason[]): void {
    this.#server = [...holds];
  }

  addServer(reason: HoldReason): void {
    if (!this.#server.includes(reason)) this.#server = [...this.#server, reason];
  }

  setLocal(reason: HoldReason, isHeld: boolean): void {
    if (isHeld) this.#local.add(reason);
    else this.#local.delete(reason);
  }

  get isHeld(): boolean {
    return this.#local.size > 0 || this.#server.length > 0;
  }

  /** Everything that holds, the most important first. */
  get reasons(): readonly HoldReason[] {
    return ORDER.filter((reason) => this.#local.has(reason) || this.#server.includes(reason));
  }
}
