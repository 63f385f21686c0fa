import { Injectable } from '@nestjs/common';
import { newId } from '../../../../common/ids/index.js';
import { Database } from '../../../../infrastructure/database/index.js';
import type { BookCheckResult } from '../../ledger/index.js';

/** A verification as it is kept; `checks` are those that found something. */
interface KeptVerification {
  checkedAt: Date;
  problemCount: number;
  checks: BookCheckResult[];
}

/** Rows of past verifications. */
@Injectable()
export class LedgerVerificationsRepository {
  constructor(private readonly db: Database) {}

  async insert({ checkedAt, problemCount, checks }: KeptVerification): Promise<void> {
    await this.db.query(
      'INSERT INTO ledger_verifications (id, problem_count, checks, checked_at) VALUES ($1, $2, $3::jsonb, $4)',
      [newId(), problemCount, JSON.stringify(checks), checkedAt],
    );
  }

  async deleteBefore(moment: Date): Promise<void> {
    await this.db.query('DELETE FROM ledger_verifications WHERE checked_at < $1', [moment]);
  }
}
