import { UserAccountsService } from '../../src/core/users/index.js';
import type { DemoAccount, Seed, SeedContext } from './seed-context.js';

/** The accounts of `demo-accounts.json`: an administrator, a creator, a buyer. */
export const seedUsers: Seed = async (context) => {
  const counts = { made: 0, present: 0 };
  for (const account of context.accounts) {
    const found = await context.app.get(UserAccountsService).findCredentials(account.email);
    if (found === null) await makeAccount(context, account);
    counts[found === null ? 'made' : 'present'] += 1;
  }
  return counts;
};

async function makeAccount(context: SeedContext, { role, ...account }: DemoAccount): Promise<void> {
  const { access_token: token, user_id: userId } = await context.call<{
    access_token: string;
    user_id: string;
  }>({ method: 'POST', path: '/auth/register', payload: account });
  if (role === 'creator')
    await context.call({ method: 'POST', path: '/users/me/become-creator', token, payload: {} });
  // Nobody can make an administrator over HTTP: the first one comes from whoever has the database.
  if (role === 'admin') {
    await context.database.query('UPDATE users SET role = $2, updated_at = now() WHERE id = $1', [
      userId,
      role,
    ]);
  }
}
