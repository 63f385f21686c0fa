import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';

/** Asks the database for nothing but an answer. */
@Injectable()
export class DatabaseProbeRepository {
  constructor(private readonly database: Database) {}

  /** @throws Error of the driver when there is no connection or no answer. */
  async ping(): Promise<void> {
    await this.database.query('SELECT 1');
  }
}
