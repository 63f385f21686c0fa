import { operationOf, outcomeOf } from './describe-provider-call.js';

describe('a call to a provider', () => {
  it.each([
    ['POST', '/payments', 'POST /payments'],
    ['GET', '/payments/pay_01j9zv6w3q8k4m2n7r5t1x0ybc?force_sync=true', 'GET /payments/:id'],
    ['POST', '/v1/transfers/tr_1AbCdEfGh/reversals', 'POST /v1/transfers/:id/reversals'],
    ['POST', '/v1/account_links', 'POST /v1/account_links'],
    ['GET', '/refunds/list', 'GET /refunds/list'],
  ])('%s %s is called %s', (method, path, operation) => {
    expect(operationOf(method, path)).toBe(operation);
  });

  it.each([
    [200, 'ok'],
    [302, 'ok'],
    [400, 'refused'],
    [401, 'misconfigured'],
    [403, 'refused'],
    [409, 'ambiguous'],
    [429, 'ambiguous'],
    [500, 'ambiguous'],
    [null, 'ambiguous'],
  ])('with the status %s is %s', (status, outcome) => {
    expect(outcomeOf(status)).toBe(outcome);
  });
});
