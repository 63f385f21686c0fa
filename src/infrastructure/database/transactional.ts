import { setTimeout as pause } from 'node:timers/promises';
import { Propagation, Transactional as ClsTransactional, TransactionHost } from '@nestjs-cls/transactional';
import { findPostgresError } from './constraint-errors.js';

export { Propagation };

const RETRYABLE = new Set(['40P01', '40001']);
const ATTEMPTS = 3;

type AsyncMethod = (...args: unknown[]) => Promise<unknown>;

/**
 * Runs the method in a database transaction. The outermost owner is run again up to three times when
 * PostgreSQL ended it for a deadlock (40P01) or a serialisation failure (40001): nothing of the failed
 * attempt was kept. Writers that must be inside somebody's transaction take `Propagation.Mandatory`.
 */
export function Transactional(propagation: Propagation = Propagation.Required): MethodDecorator {
  const inner = ClsTransactional(propagation);
  return (target, key, descriptor: PropertyDescriptor) => {
    inner(target, key, descriptor);
    const attempt = descriptor.value as AsyncMethod;
    async function retrying(this: unknown, ...args: unknown[]): Promise<unknown> {
      if (propagation === Propagation.Mandatory || TransactionHost.getInstance().isTransactionActive()) {
        return attempt.apply(this, args);
      }
      for (let tries = 1; ; tries += 1) {
        try {
          return await attempt.apply(this, args);
        } catch (error) {
          if (tries >= ATTEMPTS || !RETRYABLE.has(findPostgresError(error)?.code ?? '')) throw error;
          await pause(Math.random() * 20 * tries);
        }
      }
    }
    copyMetadata(attempt, retrying);
    descriptor.value = retrying;
  };
}

function copyMetadata(from: object, to: object): void {
  for (const key of Reflect.getMetadataKeys(from) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, from), to);
  }
}
