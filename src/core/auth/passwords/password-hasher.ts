import { availableParallelism } from 'node:os';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Options, hash, verify } from '@node-rs/argon2';
import { passwordHashingBusy } from '../auth.errors.js';

/** 19 MiB, two passes, one lane (09 C49); the library's default algorithm is argon2id. */
const ARGON2ID: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// The hashes run in the thread pool that files and DNS use too: two of its four threads stay free.
const CONCURRENCY = Math.min(2, availableParallelism());
const QUEUE_LIMIT = 100;

/**
 * Hashes passwords off the event loop, a few at a time. When too many wait, the next one is refused with
 * 503 `AUTH_BUSY` instead of growing a queue that nobody outlives.
 */
@Injectable()
export class PasswordHasher implements OnModuleInit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private decoyHash: string;

  async onModuleInit(): Promise<void> {
    this.decoyHash = await hash('an account that does not exist', ARGON2ID);
  }

  /** The argon2id hash of a password, in PHC form. */
  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, ARGON2ID));
  }

  /** Whether the password belongs to the hash. Without a hash the answer is no, after the same work. */
  async verify(storedHash: string | null, password: string): Promise<boolean> {
    const isMatch = await this.inTurn(() => verify(storedHash ?? this.decoyHash, password));
    return isMatch && storedHash !== null;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.takeTurn();
    try {
      return await work();
    } finally {
      this.passTurn();
    }
  }

  private takeTurn(): Promise<void> {
    if (this.running < CONCURRENCY) {
      this.running += 1;
      return Promise.resolve();
    }
    if (this.waiting.length >= QUEUE_LIMIT) throw passwordHashingBusy();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }

  private passTurn(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.running -= 1;
    else next();
  }
}
