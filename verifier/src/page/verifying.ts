import type { Answer, Order } from './worker.js';

/** Runs one verification at a time in a worker made of the page's own script; a new order drops the one before. */
export class Verifying {
  private worker: Worker | null = null;
  private readonly address: string;

  constructor(script: string) {
    this.address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  }

  start(order: Order, done: (answer: Answer) => void): void {
    this.stop();
    const worker = new Worker(this.address);
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      this.stop();
      done(data);
    });
    worker.addEventListener('error', ({ message }) => {
      this.stop();
      done({ kind: 'broken', message });
    });
    worker.postMessage(order);
    this.worker = worker;
  }

  stop(): void {
    this.worker?.terminate();
    this.worker = null;
  }
}
