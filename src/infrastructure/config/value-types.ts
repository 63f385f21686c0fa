import { CronTime } from 'cron';
import { z } from 'zod';

/** How the text of one variable becomes a value; `label` is what the documentation calls it. */
export interface ValueType<T> {
  readonly label: string;
  readonly schema: z.ZodType<T, string>;
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const UNIT_BYTES = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30, TB: 2 ** 40 } as const;
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** Reads a Go-style duration (`500ms`, `5s`, `1h30m`, `7d`); null when it is none. Result in milliseconds. */
export function durationToMs(text: string): number | null {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return null;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return Math.round(totalMs);
}

/** Reads a size such as `10MB` (10 x 2^20, design/decisions) or plain bytes; null when it is none. */
export function sizeToBytes(text: string): number | null {
  const match = /^(\d+)\s*(B|KB|MB|GB|TB)?$/i.exec(text);
  if (!match) return null;
  const unit = (match[2] ?? 'B').toUpperCase() as keyof typeof UNIT_BYTES;
  return Number(match[1]) * UNIT_BYTES[unit];
}

function parsedBy<T>(label: string, message: string, parse: (text: string) => T | null): ValueType<T> {
  const schema = z.string().transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== null) return value;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return { label, schema };
}

interface Range {
  min?: number;
  max?: number;
}

const inRange = (value: number, { min = 0, max = Number.MAX_SAFE_INTEGER }: Range): boolean =>
  Number.isSafeInteger(value) && value >= min && value <= max;

const rangeText = ({ min = 0, max }: Range): string =>
  max === undefined ? `of at least ${min}` : `from ${min} to ${max}`;

/** Any text, surrounding blanks removed. */
export function text(options: { minLength?: number; maxLength?: number } = {}): ValueType<string> {
  const { minLength = 1, maxLength = 4_096 } = options;
  const schema = z
    .string()
    .trim()
    .min(minLength, `must have at least ${minLength} characters`)
    .max(maxLength, `must have at most ${maxLength} characters`);
  return { label: 'text', schema };
}

/** A whole number within the range, by default not negative. */
export function integer(range: Range = {}): ValueType<number> {
  return parsedBy('number', `must be a whole number ${rangeText(range)}`, (raw) => {
    const value = /^-?\d+$/.test(raw) ? Number(raw) : Number.NaN;
    return inRange(value, range) ? value : null;
  });
}

/** A number between 0 and 1 (spec 05: rates). */
export function rate(): ValueType<number> {
  return parsedBy('number from 0 to 1', 'must be a number from 0 to 1', (raw) => {
    const value = /^\d*\.?\d+$/.test(raw) ? Number(raw) : Number.NaN;
    return value >= 0 && value <= 1 ? value : null;
  });
}

/** A TCP port. */
export function port(): ValueType<number> {
  return { ...integer({ min: 0, max: 65_535 }), label: 'port' };
}

/** `true` or `false`; `1`, `0`, `yes`, `no`, `on` and `off` are understood as well. */
export function flag(): ValueType<boolean> {
  return parsedBy('true or false', 'must be true or false', (raw) => {
    if (/^(?:true|1|yes|on)$/i.test(raw)) return true;
    return /^(?:false|0|no|off)$/i.test(raw) ? false : null;
  });
}

/** A Go-style duration; the value is milliseconds. `min` and `max` are milliseconds. */
export function duration(range: Range = {}): ValueType<number> {
  const message = 'must be a duration such as 500ms, 5s, 1h30m or 7d';
  return parsedBy('duration', withBounds(message, range), (raw) => {
    const value = durationToMs(raw);
    return value !== null && inRange(value, range) ? value : null;
  });
}

/** A comma list of one to twenty Go-style durations, such as `2m,10m,1h`; the values are milliseconds. */
export function durationList(): ValueType<number[]> {
  return parsedBy('durations', 'must be a comma list of durations such as 2m,10m,1h', (raw) => {
    const steps = raw.split(',').map((entry) => durationToMs(entry.trim()));
    const isUsable = steps.length <= 20 && steps.every((step) => step !== null && step > 0);
    return isUsable ? (steps as number[]) : null;
  });
}

/**
 * A duration that older documents write as a plain number of `unit` (`RATE_LIMIT_WINDOW=60` is seconds);
 * the value is milliseconds.
 */
export function durationWithUnit(unit: 's' | 'm', range: Range = {}): ValueType<number> {
  const name = unit === 's' ? 'seconds' : 'minutes';
  const message = `must be a number of ${name} or a duration such as 90s or 5m`;
  return parsedBy(`${name} or duration`, withBounds(message, range), (raw) => {
    const value = durationToMs(/^\d+$/.test(raw) ? `${raw}${unit}` : raw);
    return value !== null && inRange(value, range) ? value : null;
  });
}

function withBounds(message: string, { min, max }: Range): string {
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min} ms`]),
    ...(max === undefined ? [] : [`at most ${max} ms`]),
  ];
  return bounds.length === 0 ? message : `${message}, ${bounds.join(' and ')}`;
}

/** A size such as `10MB`; the value is bytes. */
export function size(range: Range = { min: 1 }): ValueType<number> {
  return parsedBy('size', 'must be a size such as 512KB, 10MB or 1GB', (raw) => {
    const value = sizeToBytes(raw);
    return value !== null && inRange(value, range) ? value : null;
  });
}

/** A cron expression with five or six fields, in UTC. */
export function cronExpression(): ValueType<string> {
  const message = 'must be a cron expression with five or six fields, such as */10 * * * *';
  return parsedBy('cron expression', message, (raw) => {
    try {
      new CronTime(raw, 'UTC');
      return raw;
    } catch {
      return null;
    }
  });
}

/** A comma list; blanks and empty entries fall away. */
export function list(): ValueType<string[]> {
  return parsedBy('comma list', 'must be a comma list', (raw) =>
    raw
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );
}

/** One of a closed set of words, compared without regard to case. */
export function choice<const T extends readonly [string, ...string[]]>(values: T): ValueType<T[number]> {
  return parsedBy(values.join(' | '), `must be one of ${values.join(', ')}`, (raw) => {
    const found = values.find((value) => value.toLowerCase() === raw.toLowerCase());
    return found ?? null;
  });
}

/** An absolute URL with one of the protocols; the value is the text without a trailing slash. */
export function url(...protocols: [string, ...string[]]): ValueType<string> {
  const names = protocols.map((protocol) => `${protocol}://`).join(' or ');
  return parsedBy('URL', `must be an absolute URL that starts with ${names}`, (raw) => {
    const parsed = URL.canParse(raw) ? new URL(raw) : null;
    if (!parsed || !protocols.includes(parsed.protocol.slice(0, -1))) return null;
    return raw.replace(/\/+$/, '');
  });
}

/** A host with a port, such as `localhost:3310`. */
export function hostAndPort(): ValueType<string> {
  return parsedBy('host:port', 'must be host:port', (raw) => (/^[^\s:/]+:\d{1,5}$/.test(raw) ? raw : null));
}

/** Base64 of exactly `length` bytes. */
export function base64Key(length: number): ValueType<Buffer> {
  const message = `must be the base64 form of exactly ${length} bytes`;
  return parsedBy(`base64 of ${length} bytes`, message, (raw) => {
    const bytes = Buffer.from(raw, 'base64');
    return /^[\w+/-]+={0,2}$/.test(raw) && bytes.length === length ? bytes : null;
  });
}

/** Which proxies may tell the client's address: nobody, a number of hops, or addresses and CIDR ranges. */
export function trustedProxies(): ValueType<number | string[]> {
  const address = /^[\da-f.:]+(?:\/\d{1,3})?$/i;
  return parsedBy('hops or CIDR list', 'must be a number of hops or a comma list of CIDR ranges', (raw) => {
    if (/^\d{1,2}$/.test(raw)) return Number(raw);
    const entries = raw.split(',').map((entry) => entry.trim());
    return entries.every((entry) => address.test(entry)) ? entries : null;
  });
}
