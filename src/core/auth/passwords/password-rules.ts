import { Injectable } from '@nestjs/common';
import { dictionary } from '@zxcvbn-ts/language-common';
import { weakPassword } from '../auth.errors.js';

/** The length and the characters that every password needs (S4, 09 C48). */
export const PASSWORD_MIN_LENGTH = 8;
export const PASSWORD_MAX_LENGTH = 128;
export const PASSWORD_SPECIAL = /[!@#$%^&*]/;

// A shorter part, such as the "a" of a@example.com, is in almost every password.
const SHORTEST_PERSONAL_PART = 3;

/** Refuses passwords that are guessed first (09 C64). */
@Injectable()
export class PasswordRules {
  private readonly common = new Set<string>(dictionary['passwords-common']);

  /**
   * Throws `WEAK_PASSWORD` when the password, as it is or without special characters and trailing digits,
   * is one of the 49,000 most common, or contains the user's name or the local part of the mail address.
   */
  assertNotGuessable(password: string, { username, email }: { username: string; email: string }): void {
    const lowered = password.toLowerCase();
    const letters = lowered.replace(/[^\p{L}\p{N}]/gu, '');
    const candidates = [lowered, letters, letters.replace(/\p{N}+$/u, '')];
    if (candidates.some((candidate) => this.common.has(candidate))) {
      throw weakPassword('is one of the most common passwords');
    }
    const localPart = email.slice(0, email.lastIndexOf('@'));
    const isPersonal = [username, localPart].some(
      (part) => part.length >= SHORTEST_PERSONAL_PART && lowered.includes(part.toLowerCase()),
    );
    if (isPersonal) throw weakPassword('must not contain the user name or the mail address');
  }
}
