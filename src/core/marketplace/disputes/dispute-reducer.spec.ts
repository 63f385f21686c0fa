import {
  DISPUTE_STATUSES,
  type DisputeStatus,
  type KnownDispute,
  moneyOf,
  reduceDispute,
} from './dispute-reducer.js';

const known = (status: DisputeStatus, change: Partial<KnownDispute> = {}): KnownDispute => ({
  status,
  contradictedAt: null,
  providerUpdatedAt: null,
  ...change,
});
const report = (status: string, updatedAt?: Date) => ({ status, updatedAt });

describe('the reducer of disputes', () => {
  it.each(DISPUTE_STATUSES)('takes %s as the first thing it hears', (status) => {
    expect(reduceDispute(null, report(status))).toEqual({
      kind: 'move',
      status,
      from: 'ours',
      to: moneyOf(status),
    });
  });

  it.each([['won'], ['cancelled'], ['lost'], ['accepted'], ['expired']] as const)(
    'ends an open dispute as %s',
    (status) => {
      for (const open of ['opened', 'challenged'] as const) {
        expect(reduceDispute(known(open), report(status))).toEqual({
          kind: 'move',
          status,
          from: 'withheld',
          to: moneyOf(status),
        });
      }
    },
  );

  it('notes the challenge, and never goes back from it', () => {
    expect(reduceDispute(known('opened'), report('challenged'))).toMatchObject({ kind: 'move' });
    expect(reduceDispute(known('challenged'), report('opened'))).toEqual({ kind: 'ignore' });
  });

  it.each(DISPUTE_STATUSES)('ignores %s told again', (status) => {
    expect(reduceDispute(known(status), report(status))).toEqual({ kind: 'ignore' });
  });

  it('ignores a beginning after the end, and another word for the same end', () => {
    for (const end of ['won', 'lost'] as const) {
      expect(reduceDispute(known(end), report('opened'))).toEqual({ kind: 'ignore' });
      expect(reduceDispute(known(end), report('challenged'))).toEqual({ kind: 'ignore' });
    }
    expect(reduceDispute(known('lost'), report('expired'))).toEqual({ kind: 'ignore' });
    expect(reduceDispute(known('won'), report('cancelled'))).toEqual({ kind: 'ignore' });
  });

  it('follows the opposite end once', () => {
    expect(reduceDispute(known('lost'), report('won'))).toEqual({
      kind: 'contradict',
      status: 'won',
      from: 'taken',
      to: 'ours',
    });
    expect(reduceDispute(known('won'), report('lost'))).toMatchObject({ kind: 'contradict', to: 'taken' });
    const contradicted = known('lost', { contradictedAt: new Date() });
    expect(reduceDispute(contradicted, report('won'))).toEqual({ kind: 'ignore' });
  });

  it('ignores an opposite end that is older than what is known', () => {
    const lost = known('lost', { providerUpdatedAt: new Date(2000) });
    expect(reduceDispute(lost, report('won', new Date(1000)))).toEqual({ kind: 'ignore' });
    expect(reduceDispute(lost, report('won', new Date(3000)))).toMatchObject({ kind: 'contradict' });
  });

  it.each(['', 'reversed', undefined])('ignores %j, which is no state', (status) => {
    expect(reduceDispute(null, { status })).toEqual({ kind: 'ignore' });
  });
});
