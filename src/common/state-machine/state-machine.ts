import { DomainError } from '../errors/index.js';

/** A transition table, read as "from: may become". */
export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

/** A readable state machine over a transition table. */
export interface StateMachine<S extends string> {
  readonly states: readonly S[];
  /** True when the table allows the step. */
  can(from: S, to: S): boolean;
  /** Throws 409 `INVALID_STATE_TRANSITION` when the table forbids the step. */
  assert(from: S, to: S): void;
  /** True when nothing follows the state. */
  isTerminal(state: S): boolean;
}

/** Builds the machine of one entity; the table is the documentation. */
export function defineStates<S extends string>(name: string, table: TransitionTable<S>): StateMachine<S> {
  const can = (from: S, to: S): boolean => table[from].includes(to);
  return {
    states: Object.keys(table) as S[],
    can,
    assert(from, to) {
      if (can(from, to)) return;
      throw new DomainError(
        'INVALID_STATE_TRANSITION',
        'conflict',
        `A ${name} cannot go from ${from} to ${to}`,
      );
    },
    isTerminal: (state) => table[state].length === 0,
  };
}
