import type { HyperswitchAnswer } from './hyperswitch-client.js';

/** What an answer means for us (08 1.3). */
export type AnswerMeaning =
  | { kind: 'ok' }
  | { kind: 'exists' }
  | { kind: 'absent' }
  | { kind: 'misconfigured' }
  /** `isCertain` is false for a connector's refusal, which is confirmed by a look before it is believed. */
  | { kind: 'refused'; code: string; message: string; isCertain: boolean }
  | { kind: 'unknown'; reason: string };

const KEY_PROBLEMS = new Set(['IR_01', 'IR_17', 'IR_22']);
const OUR_MISTAKES = ['IR_04', 'IR_05', 'IR_06', 'IR_07', 'IR_16'];
/** What 08 1.3 lists as definite; a code that is not listed has told nothing. */
const DEFINITE = new Set([...OUR_MISTAKES, 'IR_12', 'IR_13', 'IR_14']);

/** True for a refusal that only a mistake of ours explains: an alarm for the operator (08 1.3). */
export const isOurMistake = (code: string): boolean => OUR_MISTAKES.includes(code);

/** Reads status and error code of an answer. Only what 08 1.3 lists as definite is a refusal (07 7.9.2). */
export function meaningOf({ status, body }: HyperswitchAnswer): AnswerMeaning {
  if (status >= 200 && status < 300) return { kind: 'ok' };
  const { code, message } = errorOf(body);
  if (status === 401 || status === 403 || KEY_PROBLEMS.has(code)) return { kind: 'misconfigured' };
  const isDecided = status >= 400 && status < 500 && status !== 429;
  if (isDecided && code === 'HE_01') return { kind: 'exists' };
  if (status === 404 && code === 'HE_02') return { kind: 'absent' };
  const isBadRequest = status === 400 || status === 422;
  if (isBadRequest && DEFINITE.has(code)) return { kind: 'refused', code, message, isCertain: true };
  if (isDecided && code.startsWith('CE_')) return { kind: 'refused', code, message, isCertain: false };
  return { kind: 'unknown', reason: `HTTP ${String(status)} ${code}`.trim() };
}

/** The server nests the error, the published schema does not: both are read (08 1.3). */
function errorOf(body: Record<string, unknown>): { code: string; message: string } {
  const nested = body.error;
  const error = typeof nested === 'object' && nested !== null ? (nested as Record<string, unknown>) : body;
  return {
    code: typeof error.code === 'string' ? error.code : '',
    message: typeof error.message === 'string' ? error.message : 'refused',
  };
}
