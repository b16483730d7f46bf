/** The verification beside the page, so that the page stays alive under a large bundle. The page's own script runs it. */
import { sha256Hex } from '../../../src/evidence/proof/digest.js';
import type { Words } from '../../../src/evidence/proof/result.js';
import type { Verification } from '../../../src/evidence/proof/verify.js';
import { MaterialError, type MaterialKind, type Materials, verifyMaterials } from '../materials.js';

export type Order = Materials & { readonly bundle: Uint8Array };

export type Answer =
  | { readonly kind: 'verified'; readonly verification: Verification; readonly hashes: Readonly<Partial<Record<MaterialKind, string>>> }
  | { readonly kind: 'unreadable'; readonly material: MaterialKind; readonly words: Words }
  | { readonly kind: 'broken'; readonly message: string };

/** What a dedicated worker has; the browser types at hand are those of a page. */
interface WorkerScope {
  postMessage(message: Answer): void;
  addEventListener(type: 'message', listen: (event: MessageEvent<Order>) => void): void;
}

export function serveOrders(scope: WorkerScope = globalThis as unknown as WorkerScope): void {
  scope.addEventListener('message', ({ data }) => void answer(data).then((found) => scope.postMessage(found)));
}

async function answer(order: Order): Promise<Answer> {
  try {
    const verification = await verifyMaterials(order, { version: __ENGINE_VERSION__ });
    const hashes = Object.fromEntries(Object.entries(order).map(([kind, bytes]) => [kind, sha256Hex(bytes)]));
    return { kind: 'verified', verification, hashes };
  } catch (error) {
    if (error instanceof MaterialError) return { kind: 'unreadable', material: error.kind, words: error.words };
    return { kind: 'broken', message: String(error) };
  }
}
