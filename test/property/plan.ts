import fc from 'fast-check';

export const SELLERS = 3;
export const BUYERS = 2;

/** What the bank makes of a payment; the later words come with a second event (07 7.9.11). */
export const PAYMENT_ENDS = [
  'succeed',
  'fail',
  'expire',
  'failThenSucceed',
  'expireThenSucceed',
  'succeedWithOtherSum',
] as const;
export type PaymentEnd = (typeof PAYMENT_ENDS)[number];

/** An order of a plan; prices in minor units, one product per item. */
export interface PlannedOrder {
  buyer: number;
  items: { seller: number; priceMinor: number }[];
  payment: PaymentEnd;
}

/** What a refund asks for: everything, some items (a bit per item), or a part of what is left in per mille. */
export type RefundShare =
  { kind: 'full' } | { kind: 'items'; mask: number } | { kind: 'part'; permille: number };

/**
 * What is said of a refund: `takeBack` fails it after its success, `insist` pays it after its failure, `otherSum` is a
 * signed report of success over another sum than ours, which may not end it (08 3.3).
 */
export const VERDICTS = ['succeed', 'fail', 'review', 'takeBack', 'insist', 'otherSum'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CALL_TARGETS = ['payment', 'refund', 'transfer', 'reversal', 'lookup'] as const;
export type CallTarget = (typeof CALL_TARGETS)[number];

export const CALL_TROUBLES = [
  'drop_before_commit',
  'drop_after_commit',
  'delay',
  'status',
  'stored_status',
  'empty_id',
  'truncate',
] as const;
export type CallTrouble = (typeof CALL_TROUBLES)[number];

/** One thing that happens; `order` is an index into the plan's orders. */
export type Command =
  | { kind: 'pay'; order: number; end: PaymentEnd }
  /** Asked for here, then decided by the bank with these words, one after the other. */
  | { kind: 'refund'; order: number; share: RefundShare; verdicts: readonly Verdict[] }
  /** Made in the provider's dashboard: a part of what is left, in per mille. */
  | { kind: 'dashboardRefund'; order: number; permille: number; verdicts: readonly Verdict[] }
  | { kind: 'decide'; order: number; verdict: Verdict }
  /** The buyer goes to his bank, over a part of the price in per mille, and the bank ends it or not yet. */
  | { kind: 'dispute'; order: number; permille: number; end: 'won' | 'lost' | 'cancelled' | null }
  | { kind: 'account'; seller: number; state: 'ready' | 'restricted' | 'paidOut' }
  | { kind: 'callTrouble'; target: CallTarget; trouble: CallTrouble }
  | { kind: 'shortBalance'; isShort: boolean }
  | {
      kind: 'webhookTrouble';
      about: 'payment' | 'refund' | 'account' | 'dispute';
      trouble: 'lose' | 'duplicate' | 'reorder' | 'delay';
    }
  | { kind: 'resend'; event: number }
  | { kind: 'retry'; order: number }
  | { kind: 'passTime'; minutes: number }
  | { kind: 'outage'; moment: 'now' | 'beforeCall' | 'afterCall' }
  | { kind: 'replay'; seed: number };

/** A life of the shop: orders, then steps whose commands run side by side. */
export interface Plan {
  orders: PlannedOrder[];
  steps: Command[][];
  /** Chooses the order in which the inbox is replayed at the end. */
  replaySeed: number;
}

/** Plain objects: a counterexample is read by people. */
const PLAIN = { noNullPrototype: true } as const;

const order: fc.Arbitrary<PlannedOrder> = fc.record(
  {
    buyer: fc.nat(BUYERS - 1),
    items: fc.array(
      fc.record({ seller: fc.nat(SELLERS - 1), priceMinor: fc.integer({ min: 101, max: 9_999 }) }, PLAIN),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    payment: fc.oneof(
      { weight: 6, arbitrary: fc.constant<PaymentEnd>('succeed') },
      { weight: 2, arbitrary: fc.constantFrom(...PAYMENT_ENDS) },
    ),
  },
  PLAIN,
);

const orderIndex = fc.nat(4);
const seed = fc.nat(0x7fff_ffff);

const share: fc.Arbitrary<RefundShare> = fc.oneof(
  fc.constant<RefundShare>({ kind: 'full' }),
  fc.record({ kind: fc.constant<'items'>('items'), mask: fc.integer({ min: 1, max: 7 }) }, PLAIN),
  fc.record({ kind: fc.constant<'part'>('part'), permille: fc.integer({ min: 1, max: 999 }) }, PLAIN),
);

const verdicts: fc.Arbitrary<readonly Verdict[]> = fc.constantFrom<readonly Verdict[]>(
  [],
  ['succeed'],
  ['succeed'],
  ['fail'],
  ['review', 'succeed'],
  ['succeed', 'takeBack'],
  ['fail', 'insist'],
  ['otherSum'],
);

const commandOf = <Kind extends Command['kind']>(
  kind: Kind,
  fields: {
    [Name in keyof Omit<Extract<Command, { kind: Kind }>, 'kind'>]: fc.Arbitrary<
      Extract<Command, { kind: Kind }>[Name]
    >;
  },
): fc.Arbitrary<Command> =>
  fc.record({ kind: fc.constant(kind), ...fields }, PLAIN) as unknown as fc.Arbitrary<Command>;

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 1, arbitrary: commandOf('pay', { order: orderIndex, end: fc.constantFrom(...PAYMENT_ENDS) }) },
  { weight: 10, arbitrary: commandOf('refund', { order: orderIndex, share, verdicts }) },
  {
    weight: 2,
    arbitrary: commandOf('dashboardRefund', {
      order: orderIndex,
      permille: fc.integer({ min: 1, max: 1_000 }),
      verdicts,
    }),
  },
  {
    weight: 3,
    arbitrary: commandOf('dispute', {
      order: orderIndex,
      permille: fc.oneof(fc.constant(1_000), fc.integer({ min: 1, max: 999 })),
      end: fc.constantFrom('won', 'lost', 'cancelled', null),
    }),
  },
  { weight: 3, arbitrary: commandOf('decide', { order: orderIndex, verdict: fc.constantFrom(...VERDICTS) }) },
  {
    weight: 2,
    arbitrary: commandOf('account', {
      seller: fc.nat(SELLERS - 1),
      state: fc.constantFrom('ready', 'restricted', 'paidOut'),
    }),
  },
  {
    weight: 4,
    arbitrary: commandOf('callTrouble', {
      target: fc.constantFrom(...CALL_TARGETS),
      trouble: fc.constantFrom(...CALL_TROUBLES),
    }),
  },
  { weight: 1, arbitrary: commandOf('shortBalance', { isShort: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: commandOf('webhookTrouble', {
      about: fc.constantFrom('payment', 'refund', 'refund', 'account', 'dispute'),
      trouble: fc.constantFrom('lose', 'duplicate', 'reorder', 'delay'),
    }),
  },
  { weight: 2, arbitrary: commandOf('resend', { event: fc.nat(40) }) },
  { weight: 1, arbitrary: commandOf('retry', { order: orderIndex }) },
  { weight: 2, arbitrary: commandOf('passTime', { minutes: fc.constantFrom(1, 12, 70, 400) }) },
  {
    weight: 2,
    arbitrary: commandOf('outage', { moment: fc.constantFrom('now', 'beforeCall', 'afterCall') }),
  },
  { weight: 1, arbitrary: commandOf('replay', { seed }) },
);

/** Lives of the shop. */
export const plans: fc.Arbitrary<Plan> = fc.record(
  {
    orders: fc.array(order, { minLength: 3, maxLength: 5 }),
    steps: fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { minLength: 5, maxLength: 12 }),
    replaySeed: seed,
  },
  PLAIN,
);
