const REDACTED = '[redacted]';
const MAX_DEPTH = 8;

/** A field is redacted when one word of its name is in here (spec 04: audit and logs). */
const SENSITIVE_WORDS = new Set([
  'password',
  'passwd',
  'passphrase',
  'pass',
  'pwd',
  'token',
  'tokens',
  'secret',
  'secrets',
  'key',
  'keys',
  'apikey',
  'credential',
  'credentials',
  'authorization',
  'cookie',
  'cookies',
  'signature',
  'sig',
  'otp',
]);

/** A driver's error carries the values of the statement that failed: mails, hashes, tokens. */
const SENSITIVE_FIELDS = new Set(['parameters', 'driverError']);

const isSensitive = (name: string): boolean =>
  SENSITIVE_FIELDS.has(name) ||
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .some((word) => SENSITIVE_WORDS.has(word));

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * A copy of a log record without the values of sensitive fields, at any depth. Objects of classes are left
 * to their serializers.
 */
export function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((entry) => redactFields(entry, depth + 1));
  if (!isPlain(value)) return value;
  return redactRecord(value as Record<string, unknown>, depth);
}

/** As `redactFields`, for the top of a record. */
export function redactRecord(record: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record)) {
    copy[name] = isSensitive(name) && value != null ? REDACTED : redactFields(value, depth + 1);
  }
  return copy;
}

const QUERY_SECRET =
  /([?&](?:[\w.-]*(?:token|secret|password|signature|key)|sig|code|state|otp|p|t|s)=)[^&\s"'\\#]+/gi;
const AUTH_SCHEME = /\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi;
const URL_PASSWORD = /([a-z][a-z\d+.-]*:\/\/[^\s:/@"\\]*:)[^\s/@"\\]+@/gi;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g;

/** A text without secrets in query strings, authorization schemes, addresses with passwords, and tokens. */
export function redactText(text: string): string {
  return text
    .replace(QUERY_SECRET, `$1${REDACTED}`)
    .replace(AUTH_SCHEME, `$1 ${REDACTED}`)
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(JSON_WEB_TOKEN, REDACTED);
}
