import type { DomainError } from '../../common/errors/index.js';

interface PostgresError {
  code: string;
  constraint?: string;
}

/** The PostgreSQL error behind whatever TypeORM threw, if there is one. */
export function findPostgresError(error: unknown): PostgresError | null {
  for (let current = error; typeof current === 'object' && current !== null;) {
    const { code, driverError, cause } = current as {
      code?: unknown;
      driverError?: unknown;
      cause?: unknown;
    };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return current as PostgresError;
    current = driverError ?? cause;
  }
  return null;
}

/**
 * Turns the violation of a named constraint into the domain's own error and rethrows everything else.
 * Uniqueness is decided by the index, never by looking first (architecture.md).
 */
export function mapUniqueViolation(error: unknown, byConstraint: Record<string, () => DomainError>): never {
  const constraint = findPostgresError(error)?.constraint;
  const make = constraint === undefined ? undefined : byConstraint[constraint];
  throw make?.() ?? error;
}

/** PostgreSQL is starting, stopping or crashed (57P01 to 57P03), out of connections (53300), or the line broke (08). */
const OUTAGE = /^(?:57P0[123]|53300|08\w{3})$/;
const BROKEN_LINE = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** True when a statement failed because there is no database to answer it at the moment. */
export function isDatabaseOutage(error: unknown): boolean {
  if (OUTAGE.test(findPostgresError(error)?.code ?? '')) return true;
  for (let current = error; typeof current === 'object' && current !== null;) {
    const { code, message, driverError, cause } = current as {
      code?: unknown;
      message?: unknown;
      driverError?: unknown;
      cause?: unknown;
    };
    if (typeof code === 'string' && BROKEN_LINE.has(code)) return true;
    // The driver has no code for a line that broke under it.
    if (typeof message === 'string' && message.startsWith('Connection terminated')) return true;
    current = driverError ?? cause;
  }
  return false;
}
