/** Reading of JSON bodies whose shape is not known yet. */
export type JsonObject = Record<string, unknown>;

/** The parsed object, `{}` for an empty body, null when the text is not a JSON object. */
export function parseJsonObject(text: string): JsonObject | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value);

export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export const objectOrNull = (value: unknown): JsonObject | null => (isJsonObject(value) ? value : null);
