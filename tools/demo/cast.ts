import { randomBytes } from 'node:crypto';
import type { Registered } from './answers.js';
import type { Api } from './api.js';
import type { Narrator } from './narrator.js';
import type { Sandbox } from './sandbox.js';

/** Somebody in the story. */
export interface Person {
  id: string;
  username: string;
  api: Api;
}

/** What every chapter works with. */
export interface Stage {
  api: Api;
  sandbox: Sandbox;
  narrator: Narrator;
}

/** A fresh creator and a fresh buyer. */
export async function castPeople({ api, narrator }: Stage): Promise<{ creator: Person; buyer: Person }> {
  narrator.title('Two people sign up');
  const creator = await register(api, 'creator');
  await creator.api.post('/users/me/become-creator', {});
  narrator.step(`${creator.username} signs up and becomes a creator`, { user: creator.id });
  const buyer = await register(api, 'buyer');
  narrator.step(`${buyer.username} signs up`, { user: buyer.id });
  return { creator, buyer };
}

async function register(api: Api, part: string): Promise<Person> {
  const username = `${part}${randomBytes(4).toString('hex')}`;
  const answer = await api.post<Registered>('/auth/register', {
    username,
    email: `${username}@example.com`,
    password: `Meadow!${randomBytes(12).toString('base64url')}`,
  });
  return { id: answer.user_id, username, api: api.as(answer.access_token) };
}
