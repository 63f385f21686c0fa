import { meaningOf } from './hyperswitch-answers.js';

const nested = (status: number, code: string) => ({
  status,
  body: { error: { type: 'x', message: 'because', code } },
});
const flat = (status: number, code: string) => ({
  status,
  body: { error_type: 'x', message: 'because', code },
});

describe('what an answer of Hyperswitch means (08 1.3)', () => {
  it.each([
    ['IR_04', 400],
    ['IR_05', 400],
    ['IR_07', 400],
    ['IR_06', 422],
    ['IR_12', 400],
    ['IR_13', 400],
    ['IR_14', 400],
    ['IR_16', 400],
  ])('%s is a definite refusal', (code, status) => {
    const refusal = { kind: 'refused', code, message: 'because', isCertain: true };
    expect(meaningOf(nested(status, code))).toEqual(refusal);
    expect(meaningOf(flat(status, code))).toEqual(refusal);
  });

  it.each([
    ['IR_01', 401],
    ['IR_17', 403],
    ['IR_22', 400],
    ['', 401],
  ])('%s with %i is a matter of our key', (code, status) => {
    expect(meaningOf(nested(status, code))).toEqual({ kind: 'misconfigured' });
  });

  it.each([
    ['HE_00', 500],
    ['HE_03', 500],
    ['HE_05', 503],
    ['WE_03', 500],
    ['CE_00', 502],
    ['IR_06', 500],
    ['', 502],
    ['', 302],
    ['', 404],
    ['', 409],
    ['HE_09', 429],
    ['CE_01', 429],
    ['HE_77', 400],
    ['HE_02', 500],
    ['HE_01', 500],
    ['IR_98', 400],
  ])('%s with %i is unknown', (code, status) => {
    expect(meaningOf(nested(status, code)).kind).toBe('unknown');
  });

  it('believes a connector only after a look', () => {
    expect(meaningOf(nested(400, 'CE_06'))).toMatchObject({
      kind: 'refused',
      code: 'CE_06',
      isCertain: false,
    });
  });

  it('tells what is there from what is not', () => {
    expect(meaningOf(nested(400, 'HE_01'))).toEqual({ kind: 'exists' });
    expect(meaningOf(nested(404, 'HE_02'))).toEqual({ kind: 'absent' });
    expect(meaningOf({ status: 200, body: {} })).toEqual({ kind: 'ok' });
  });
});
