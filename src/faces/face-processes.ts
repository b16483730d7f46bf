import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../config/config.js';
import { FaceJudge } from './face-judge.js';
import { FacePool } from './face-pool.js';
import { openFaceRuntime } from './face-runtime.js';
import { type FaceQuestions, pooledFaceJudge } from './pooled-face-judge.js';

const PROGRAM = new URL('./face-process.js', import.meta.url);

/** The face processes of this worker: opened at its start, ended with it. */
@Injectable()
export class FaceProcesses implements OnApplicationShutdown {
  private readonly logger = new Logger(FaceProcesses.name);
  private pool: FacePool | null = null;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** A judge, warm before the first job comes. With `FACE_WORKERS=0` it works in this very process. */
  async open(): Promise<FaceQuestions> {
    const { faceEngine: runtime, faceWorkers: size, faceModelsDir: modelsDir } = this.config;
    if (size === 0) {
      const { engine, mesh, fallback } = await openFaceRuntime(runtime, modelsDir);
      this.announce(engine.id, fallback, size);
      return new FaceJudge(engine, mesh);
    }
    this.pool = new FacePool({ program: PROGRAM, size, start: { runtime, modelsDir }, onReplaced: (reason) => this.logger.error(`${reason}; starting another`) });
    const identity = await this.pool.start();
    this.announce(identity.engineId, identity.fallback, size);
    return pooledFaceJudge(this.pool, identity);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.stop();
  }

  private announce(engineId: string, fallback: string | null, size: number): void {
    if (fallback !== null) this.logger.warn(`onnxruntime cannot be loaded, faces are judged on WASM, several times slower: ${fallback.split('\n')[0]}`);
    this.logger.log(`faces: ${engineId}, ${size === 0 ? 'in this process' : `${size} processes`}`);
  }
}
