import { randomBytes } from 'node:crypto';
import { api, type TestApp } from './test-app.js';

/** A registered person with a valid access token. */
export interface Actor {
  id: string;
  username: string;
  email: string;
  password: string;
  token: string;
  refreshToken: string;
  /** Headers of an authenticated request. */
  auth: { Authorization: string };
}

const PASSWORD = 'Granite-otter-47!';

/**
 * Registers a person through the API and gives them a role in the database, as an administrator would.
 * The token is issued after the role, so that it carries it.
 */
export async function newActor(
  test: TestApp,
  { role = 'user', username }: { role?: string; username?: string } = {},
): Promise<Actor> {
  const name = username ?? `u${randomBytes(6).toString('hex')}`;
  const email = `${name}@example.test`;
  await test.http.post(api('/auth/register')).send({ username: name, email, password: PASSWORD }).expect(201);
  if (role !== 'user') await test.sql('UPDATE users SET role = $2 WHERE username = $1', [name, role]);
  return loginActor(test, { email, password: PASSWORD });
}

/** Logs a known person in again. */
export async function loginActor(
  test: TestApp,
  credentials: { email: string; password: string },
): Promise<Actor> {
  const response = await test.http.post(api('/auth/login')).send(credentials).expect(200);
  const { access_token, refresh_token, user } = (
    response.body as {
      data: { access_token: string; refresh_token: string; user: { id: string; username: string } };
    }
  ).data;
  return {
    id: user.id,
    username: user.username,
    ...credentials,
    token: access_token,
    refreshToken: refresh_token,
    auth: { Authorization: `Bearer ${access_token}` },
  };
}
