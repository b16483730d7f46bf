/** Keeps processes of the service running: restarts one that dies, with back-off, and ends them all together. */
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { say } from './progress.mjs';
import { root } from './tools.mjs';

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** One that ran this long was well: its next death begins again with the shortest delay. */
const STABLE_MS = 60_000;
const STOP_LIMIT_MS = 17_000;
const KEPT_LINES = 40;

export class Supervised {
  #child = null;
  #exited = Promise.resolve();
  #timer = null;
  #delayMs = FIRST_DELAY_MS;
  #isStopping = false;
  #lastLines = [];
  #resolveReady;
  #rejectReady;

  /** `ready` settles with the first start: resolves when the process says so, rejects when it ends before. */
  constructor({ name, program, env, logDir, isVerbose }) {
    Object.assign(this, { name, program, env, isVerbose });
    this.ready = new Promise((resolve, reject) => {
      this.#resolveReady = resolve;
      this.#rejectReady = reject;
    });
    this.ready.catch(() => undefined);
    mkdirSync(logDir, { recursive: true });
    this.logFile = join(logDir, `${name}.log`);
    if (existsSync(this.logFile)) renameSync(this.logFile, `${this.logFile}.1`);
    this.log = createWriteStream(this.logFile, { mode: 0o600 });
  }

  start() {
    const startedAt = performance.now();
    let wasReady = false;
    // A group of its own, so that Ctrl-C in the terminal reaches it through us alone; the channel tells it when we die.
    const child = spawn(process.execPath, ['--enable-source-maps', this.program], {
      cwd: root,
      env: this.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: process.platform !== 'win32',
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => this.#take(line, this.isVerbose || isAlarming(line)));
    createInterface({ input: child.stderr }).on('line', (line) => this.#take(line, true));
    child.on('message', (message) => {
      if (message !== 'ready') return;
      wasReady = true;
      this.#resolveReady();
    });
    this.#exited = new Promise((resolve) => {
      child.once('error', resolve);
      child.once('exit', (code, signal) => {
        resolve();
        this.#onExit(code ?? signal, wasReady, performance.now() - startedAt);
      });
    });
  }

  /** Ends the process and waits for it; `isHurried` does not let it finish its work. */
  async stop(isHurried = false) {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(isHurried ? 'SIGKILL' : 'SIGTERM');
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(limit);
  }

  #onExit(reason, wasReady, ranMs) {
    if (this.#isStopping) return;
    if (!wasReady) this.#rejectReady(new Error(this.#lastLines.join('\n')));
    if (ranMs > STABLE_MS) this.#delayMs = FIRST_DELAY_MS;
    say(`! ${this.name} 已退出 (${reason})，${this.#delayMs / 1000} 秒后重启 / ended, starts again in ${this.#delayMs / 1000} s`);
    this.#timer = setTimeout(() => this.start(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, MAX_DELAY_MS);
  }

  #take(line, isShown) {
    this.log.write(`${line}\n`);
    this.#lastLines = [...this.#lastLines, line].slice(-KEPT_LINES);
    if (isShown) process.stdout.write(`  [${this.name}] ${shortened(line)}\n`);
  }
}

/** A line of structured log in words; its stack stays in the file. */
function shortened(line) {
  try {
    const { level, context, msg, err } = JSON.parse(line);
    return [level, context, msg, err?.message].filter(Boolean).join(' · ');
  } catch {
    return line;
  }
}

const isAlarming = (line) => /"level":"(warn|error|fatal)"/.test(line);
