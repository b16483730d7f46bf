import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { FaceProcessMessage, FaceProcessStart } from './face-process-messages.js';

export interface FacePoolOptions {
  /** Module that each process runs: it speaks `face-process-messages`. */
  readonly program: URL;
  readonly size: number;
  readonly start: Omit<FaceProcessStart, 'type'>;
  /** A job that takes longer is taken for hung: its process is killed. */
  readonly jobTimeoutMs?: number;
  readonly startTimeoutMs?: number;
  /** Called with a sentence for the log when a process had to be replaced. */
  readonly onReplaced?: (reason: string) => void;
}

/** What a pool's processes say of themselves. */
export type FacePoolIdentity = Pick<Extract<FaceProcessMessage, { type: 'ready' }>, 'engineId' | 'descriptorSpace' | 'fallback'>;

interface Job {
  readonly method: string;
  readonly args: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Processes that ended under it. */
  losses: number;
}

interface Slot {
  readonly child: ChildProcess;
  state: 'STARTING' | 'IDLE' | 'BUSY';
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

const JOB_TIMEOUT_MS = 60_000;
const START_TIMEOUT_MS = 60_000;
/** A job under which this many processes ended is not tried again. */
const MAX_LOSSES = 3;
const FIRST_PAUSE_MS = 200;
const MAX_PAUSE_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
/** Variables a process gets: neither secrets nor addresses, since it decodes what strangers send. */
const ENVIRONMENT = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'LANG', 'TZ'];

/**
 * Processes that judge pictures, one job at a time each. A process that dies or hangs is replaced and its job put back
 * at the head of the queue: that is no verdict on the picture. Jobs wait as long as it takes.
 */
export class FacePool {
  private readonly slots = new Set<Slot>();
  private readonly waiting: Job[] = [];
  private readonly pauses = new Set<NodeJS.Timeout>();
  private identity: FacePoolIdentity | null = null;
  private pauseMs = FIRST_PAUSE_MS;
  private isStopping = false;

  constructor(private readonly options: FacePoolOptions) {}

  /** Starts the processes, the first alone: it makes the files that the others only read. @throws Error when it cannot. */
  async start(): Promise<FacePoolIdentity> {
    this.identity = await this.open();
    const others = Array.from({ length: this.options.size - 1 }, () => this.open().catch((error: unknown) => this.reopenLater(String(error))));
    await Promise.all(others);
    return this.identity;
  }

  /** Jobs not yet given to a process. */
  get queued(): number {
    return this.waiting.length;
  }

  /** @throws Error what the method throws; or that processes keep ending under this job. */
  run(method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ method, args, resolve, reject, losses: 0 });
      this.dispatch();
    });
  }

  /** Ends the processes; jobs that are not done are refused. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const pause of this.pauses) clearTimeout(pause);
    const running = [...this.slots].map(({ child }) => child);
    const ended = running.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGTERM');
    const limit = setTimeout(() => running.forEach((child) => child.kill('SIGKILL')), STOP_TIMEOUT_MS);
    await Promise.all(ended);
    clearTimeout(limit);
    for (const job of this.waiting.splice(0)) job.reject(new Error('the face processes were stopped'));
  }

  private open(): Promise<FacePoolIdentity> {
    const env = Object.fromEntries(ENVIRONMENT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const child = fork(this.options.program, { serialization: 'advanced', env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const slot: Slot = { child, state: 'STARTING', job: null, timer: null };
    this.slots.add(slot);
    const opened = new Promise<FacePoolIdentity>((resolve, reject) => {
      const late = setTimeout(() => child.kill('SIGKILL'), this.options.startTimeoutMs ?? START_TIMEOUT_MS);
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        reject(new Error(`a face process ended with ${signal ?? code} before it was ready`));
        this.onExit(slot, String(signal ?? code));
      });
      child.on('message', (message) => {
        const said = message as FaceProcessMessage;
        if (said.type === 'ready') {
          clearTimeout(late);
          this.pauseMs = FIRST_PAUSE_MS;
          slot.state = 'IDLE';
          resolve(said);
          this.dispatch();
        } else if (said.type === 'refused') reject(new Error(said.message));
        else this.onAnswer(slot, said);
      });
      child.on('error', reject);
    });
    child.send({ type: 'start', ...this.options.start } satisfies FaceProcessStart, ignoreLostChannel);
    return opened;
  }

  private dispatch(): void {
    if (this.isStopping) return;
    for (const slot of this.slots) {
      if (slot.state !== 'IDLE' || !slot.child.connected) continue;
      const job = this.waiting.shift();
      if (job === undefined) return;
      slot.state = 'BUSY';
      slot.job = job;
      slot.timer = setTimeout(() => slot.child.kill('SIGKILL'), this.options.jobTimeoutMs ?? JOB_TIMEOUT_MS);
      slot.child.send({ type: 'job', method: job.method, args: job.args }, ignoreLostChannel);
    }
  }

  private onAnswer(slot: Slot, said: Extract<FaceProcessMessage, { type: 'done' | 'failed' }>): void {
    const { job } = slot;
    if (job === null) return;
    this.release(slot);
    slot.state = 'IDLE';
    if (said.type === 'done') job.resolve(said.result);
    else job.reject(new Error(said.message));
    this.dispatch();
  }

  private onExit(slot: Slot, reason: string): void {
    const { job, state } = slot;
    this.release(slot);
    this.slots.delete(slot);
    if (this.isStopping) {
      job?.reject(new Error('the face processes were stopped'));
      return;
    }
    if (job !== null) this.putBack(job, reason);
    // One that never was ready is reported by `open`.
    if (state !== 'STARTING') this.reopenLater(`a face process ended with ${reason}`);
  }

  private putBack(job: Job, reason: string): void {
    job.losses += 1;
    if (job.losses < MAX_LOSSES) this.waiting.unshift(job);
    else job.reject(new Error(`${job.losses} face processes ended under ${job.method}, the last with ${reason}`));
  }

  private reopenLater(reason: string): void {
    if (this.isStopping) return;
    this.options.onReplaced?.(reason);
    const pause = setTimeout(() => {
      this.pauses.delete(pause);
      this.open().catch((error: unknown) => this.reopenLater(String(error)));
    }, this.pauseMs);
    this.pauses.add(pause);
    this.pauseMs = Math.min(2 * this.pauseMs, MAX_PAUSE_MS);
  }

  private release(slot: Slot): void {
    if (slot.timer !== null) clearTimeout(slot.timer);
    slot.timer = null;
    slot.job = null;
  }
}

/** A process that is gone is noticed by its exit. */
const ignoreLostChannel = (): void => undefined;
