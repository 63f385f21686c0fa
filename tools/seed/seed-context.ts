import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { UserAccountsService } from '../../src/core/users/index.js';
import { AppConfig } from '../../src/infrastructure/config/index.js';
import { Database } from '../../src/infrastructure/database/index.js';

/** Somebody to try the product with; for development only. */
export interface DemoAccount {
  username: string;
  email: string;
  password: string;
  role: 'admin' | 'creator' | 'user';
  first_name: string;
}

/** What a domain has after its run. */
export interface SeedCounts {
  made: number;
  present: number;
}

/** One domain's demo data; what is there already is left alone. */
export type Seed = (context: SeedContext) => Promise<SeedCounts>;

interface ApiCall {
  method: 'GET' | 'POST';
  path: string;
  token?: string;
  payload?: object;
}

/** What the seeds work with: the application's own API, and SQL to see what is there. */
export class SeedContext {
  readonly accounts: readonly DemoAccount[];
  readonly database: Database;
  private readonly tokens = new Map<string, string>();

  constructor(readonly app: NestFastifyApplication) {
    const file = join(app.get(AppConfig).projectRoot, 'tools', 'seed', 'demo-accounts.json');
    this.accounts = JSON.parse(readFileSync(file, 'utf8')) as DemoAccount[];
    this.database = app.get(Database);
  }

  /** The demo account of a role. @throws Error when the file has none */
  getAccount(role: DemoAccount['role']): DemoAccount {
    const account = this.accounts.find((one) => one.role === role);
    if (account === undefined) throw new Error(`demo-accounts.json names no ${role}`);
    return account;
  }

  /** The id of a demo account. @throws Error when the domain `users` has not run */
  async getUserId(account: DemoAccount): Promise<string> {
    const found = await this.app.get(UserAccountsService).findCredentials(account.email);
    if (found === null) throw new Error(`There is no account ${account.email}: run the domain users first`);
    return found.id;
  }

  /** An access token; signing in leaves a session, so this is asked for only when there is something to make. */
  async signIn(account: DemoAccount): Promise<string> {
    const known = this.tokens.get(account.email);
    if (known !== undefined) return known;
    const { email, password } = account;
    const answer = await this.call<{ access_token: string }>({
      method: 'POST',
      path: '/auth/login',
      payload: { email, password },
    });
    this.tokens.set(email, answer.access_token);
    return answer.access_token;
  }

  /** Calls the API in this process, through guards and validation. @throws Error for any refusal */
  async call<Data>({ method, path, token, payload }: ApiCall): Promise<Data> {
    const response = await this.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    });
    if (response.statusCode >= 400) {
      throw new Error(`${method} ${path} was answered ${String(response.statusCode)}: ${response.body}`);
    }
    return response.json<{ data: Data }>().data;
  }

  /** Asks until there is an answer. @throws Error after `timeoutMs` */
  async waitFor<Value>(what: string, ask: () => Promise<Value | null>, timeoutMs = 60_000): Promise<Value> {
    const end = Date.now() + timeoutMs;
    while (Date.now() < end) {
      const value = await ask();
      if (value !== null) return value;
      await pause(50);
    }
    throw new Error(`Waited ${String(timeoutMs / 1000)} s for ${what}`);
  }
}
