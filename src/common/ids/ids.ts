import { randomFillSync, randomUUID } from 'node:crypto';
import { ulid } from 'ulid';

/** A fresh UUID v4: every row's id is made by the application (09 C5). */
export const newId = (): string => randomUUID();

const randomBytes = Buffer.alloc(4096);
let usedBytes = randomBytes.length;

/** A random number in [0, 1) from the system's generator, drawn by the buffer: one draw a character is slow. */
function randomFraction(): number {
  if (usedBytes === randomBytes.length) {
    randomFillSync(randomBytes);
    usedBytes = 0;
  }
  const byte = randomBytes.readUInt8(usedBytes);
  usedBytes += 1;
  return byte / 256;
}

/** A fresh ULID in lower case, 26 characters: the sortable part of ids that we hand to providers (07 7.9.1). */
export const newUlid = (): string => ulid(undefined, randomFraction).toLowerCase();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** True when the text is a UUID of any version. */
export const isUuid = (text: string): boolean => UUID.test(text);
