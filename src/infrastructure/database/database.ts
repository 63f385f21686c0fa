import { Injectable } from '@nestjs/common';
import { InjectTransactionHost, TransactionHost } from '@nestjs-cls/transactional';
import type { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import type { EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';

/**
 * The only way to the database: it follows the transaction that is open in the present call, so that a
 * repository never has to be handed one.
 */
@Injectable()
export class Database {
  constructor(@InjectTransactionHost() private readonly host: TransactionHost<TransactionalAdapterTypeOrm>) {}

  /** TypeORM's manager of the open transaction, or of the pool outside one. */
  get manager(): EntityManager {
    return this.host.tx;
  }

  /** TypeORM's repository of an entity, inside the open transaction. */
  repository<E extends ObjectLiteral>(entity: EntityTarget<E>): Repository<E> {
    return this.host.tx.getRepository(entity);
  }

  /**
   * Runs one SQL statement with `$1`-style parameters.
   * @returns the rows; for INSERT, UPDATE and DELETE those of RETURNING
   */
  async query<Row = Record<string, unknown>>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    return rowsOf<Row>(await this.host.tx.query(sql, [...parameters]));
  }

  /** True while a transaction is open in the present call; provider adapters refuse to run then (07 7.6.1). */
  isInTransaction(): boolean {
    return this.host.isTransactionActive();
  }
}

/** TypeORM answers `[rows, count]` for UPDATE and DELETE and bare rows for the rest. */
function rowsOf<Row>(result: unknown): Row[] {
  if (!Array.isArray(result)) return [];
  if (result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number')
    return result[0] as Row[];
  return result as Row[];
}
