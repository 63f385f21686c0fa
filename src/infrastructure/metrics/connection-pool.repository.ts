import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';

/** The part of a `pg` pool that counts. */
interface PoolCounts {
  totalCount: number;
  idleCount: number;
}

/** TypeORM's PostgreSQL driver keeps its pool here once it is connected. */
interface PooledDriver {
  master: PoolCounts | undefined;
}

/** How busy the connections of this process are. */
@Injectable()
export class ConnectionPoolRepository {
  constructor(private readonly database: Database) {}

  /** Connections that run a statement or hold a transaction open. */
  countActive(): number {
    const driver = this.database.manager.dataSource.driver as unknown as PooledDriver;
    return driver.master ? driver.master.totalCount - driver.master.idleCount : 0;
  }
}
