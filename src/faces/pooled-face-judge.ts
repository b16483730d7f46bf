import { FaceJudge } from './face-judge.js';
import type { FacePool, FacePoolIdentity } from './face-pool.js';

/** What can be asked of a judge; each question is answered from its arguments alone. */
export type FaceQuestions = Pick<FaceJudge, keyof FaceJudge>;

/** A judge whose work is done by the processes of a pool: every method is sent there as it is. */
export function pooledFaceJudge(pool: FacePool, { engineId, descriptorSpace }: FacePoolIdentity): FaceQuestions {
  const methods = Object.entries(Object.getOwnPropertyDescriptors(FaceJudge.prototype)).filter(([name, { value }]) => typeof value === 'function' && name !== 'constructor');
  const sent = methods.map(([name]) => [name, (...args: readonly unknown[]) => pool.run(name, args)] as const);
  return { ...(Object.fromEntries(sent) as unknown as FaceQuestions), engineId, descriptorSpace };
}
