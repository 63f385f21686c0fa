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
