import { Redis, type RedisOptions } from 'ioredis';

/**
 * A connection to Redis together with the copies that libraries make of it, so that all of them can be let go at
 * once, also when Redis is away and no goodbye would ever be answered. Commands wait for Redis to come back.
 */
export class OwnedRedis extends Redis {
  private readonly copies: Redis[] = [];

  constructor(url: string, options: Pick<RedisOptions, 'enableAutoPipelining' | 'maxRetriesPerRequest'> = {}) {
    super(url, { maxRetriesPerRequest: null, disconnectTimeout: 400, ...options });
  }

  override duplicate: Redis['duplicate'] = (override) => {
    const copy = super.duplicate(override);
    const send = copy.sendCommand.bind(copy);
    // Libraries do not wait for every answer: one cut off with the connection must not end the process.
    copy.sendCommand = (...command) => {
      const answer = send(...command);
      void Promise.resolve(answer).catch(() => undefined);
      return answer;
    };
    this.copies.push(copy);
    return copy;
  };

  /** Ends every connection without waiting for answers. */
  release(): void {
    for (const connection of [...this.copies, this]) connection.disconnect();
  }
}
