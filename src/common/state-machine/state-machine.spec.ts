import { DomainError } from '../errors/index.js';
import { defineStates } from './state-machine.js';

const door = defineStates('door', { open: ['closed'], closed: ['open', 'walled'], walled: [] });

describe('defineStates', () => {
  it.each([
    ['open', 'open', false],
    ['open', 'closed', true],
    ['open', 'walled', false],
    ['closed', 'open', true],
    ['closed', 'closed', false],
    ['closed', 'walled', true],
    ['walled', 'open', false],
    ['walled', 'closed', false],
    ['walled', 'walled', false],
  ] as const)('from %s to %s: %s', (from, to, allowed) => {
    expect(door.can(from, to)).toBe(allowed);
    if (allowed) expect(() => door.assert(from, to)).not.toThrow();
    if (!allowed) expect(() => door.assert(from, to)).toThrow(DomainError);
  });

  it('knows its terminal states', () => {
    expect(door.states.filter((state) => door.isTerminal(state))).toEqual(['walled']);
  });
});
