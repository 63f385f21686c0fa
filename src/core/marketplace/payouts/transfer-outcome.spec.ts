import { ProviderAmbiguous, ProviderMisconfigured, ProviderRefusal } from '../payments/index.js';
import { EmptyTransferIdError } from './empty-transfer-id.error.js';
import { ProviderRateLimited } from './provider-rate-limited.error.js';
import { outcomeOfError, unknownOutcome } from './transfer-outcome.js';

describe('outcome of a transfer', () => {
  it('is refused for a definite no, with its class', () => {
    expect(outcomeOfError(new ProviderRefusal('balance_insufficient', 'no money'), false)).toEqual({
      kind: 'refused',
      failureClass: 'slow',
      code: 'balance_insufficient',
      message: 'no money',
    });
  });

  it('is unknown for an answer without an id', () => {
    expect(outcomeOfError(new EmptyTransferIdError('transfer'), false)).toMatchObject({
      kind: 'unknown',
      code: 'EMPTY_TRANSFER_ID',
    });
  });

  it('is unknown for a timeout', () => {
    expect(outcomeOfError(new ProviderAmbiguous('timeout'), false).kind).toBe('unknown');
  });

  it('is unknown with its own class when the provider wants us to wait', () => {
    expect(outcomeOfError(new ProviderRateLimited('lock_timeout'), false)).toMatchObject({
      kind: 'unknown',
      failureClass: 'rate_limit',
      code: 'lock_timeout',
    });
  });

  it('is unknown when one key was used for two things', () => {
    expect(outcomeOfError(new ProviderRefusal('idempotency_error', 'changed'), false)).toMatchObject({
      kind: 'unknown',
      code: 'idempotency_error',
    });
  });

  it('is a refusal for our credentials only when nothing was sent before', () => {
    expect(outcomeOfError(new ProviderMisconfigured('stripe'), false)).toMatchObject({
      kind: 'refused',
      failureClass: 'configuration',
    });
    expect(outcomeOfError(new ProviderMisconfigured('stripe'), true)).toMatchObject({
      kind: 'unknown',
      failureClass: 'configuration',
    });
  });

  it('stays unknown when the lookup fails, whatever it fails with', () => {
    expect(unknownOutcome(new ProviderRefusal('resource_missing', 'no')).kind).toBe('unknown');
    expect(unknownOutcome(new ProviderMisconfigured('stripe')).kind).toBe('unknown');
  });
});
