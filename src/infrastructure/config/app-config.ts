import { hkdfSync } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import type { ProjectPlace } from './project-place.js';
import type { ConfigValues, VariableName } from './schema.js';
import { isProductionLike, type AdapterState } from './variable.js';

/** A variable that is set although the product does not (fully) act on it. */
export interface UnusedVariable {
  readonly name: VariableName;
  readonly state: AdapterState;
  /** What happens instead. */
  readonly note: string;
}

/** What parsing found out besides the values. */
export interface ConfigFindings {
  /** Names that the operator set, under today's or an old name. */
  readonly setNames: ReadonlySet<string>;
  readonly warnings: readonly string[];
  readonly unusedVariables: readonly UnusedVariable[];
}

type PathVariable = 'UPLOAD_DIR' | 'MAIL_DIR';

/** The parsed configuration; the only way to settings. Durations are milliseconds, sizes bytes. */
export class AppConfig {
  constructor(
    private readonly values: ConfigValues,
    private readonly findings: ConfigFindings,
    private readonly place: ProjectPlace,
  ) {}

  /** The value of a variable, typed by its name; `undefined` only where the variable may stay unset. */
  get<Name extends VariableName>(name: Name): ConfigValues[Name] {
    return this.values[name];
  }

  /** Whether the operator set the variable, so that its value is no default. */
  isSet(name: VariableName): boolean {
    return this.findings.setNames.has(name);
  }

  get isProduction(): boolean {
    return this.values.APP_ENV === 'production';
  }

  /** Staging and production: strict defaults, no details to strangers. */
  get isProductionLike(): boolean {
    return isProductionLike(this.values.APP_ENV);
  }

  /** Redis has an address and is not switched off (09 C60). */
  get isRedisEnabled(): boolean {
    return this.values.REDIS_ENABLE && this.values.REDIS_URL !== undefined;
  }

  /** RabbitMQ has an address and is not switched off (09 C60). */
  get isRabbitMqEnabled(): boolean {
    return this.values.RABBITMQ_ENABLE && this.values.RABBITMQ_URL !== undefined;
  }

  /** What to tell the operator at start, one sentence each. */
  get warnings(): readonly string[] {
    return this.findings.warnings;
  }

  /** Variables that are set but not (fully) acted on; shown by /status. */
  get unusedVariables(): readonly UnusedVariable[] {
    return this.findings.unusedVariables;
  }

  /** Folder of the project's package.json. */
  get projectRoot(): string {
    return this.place.projectRoot;
  }

  /** The version of package.json. */
  get version(): string {
    return this.place.version;
  }

  /** Absolute path of a folder variable; relative ones start where the process was started. */
  pathOf(name: PathVariable): string {
    const path = this.values[name];
    return isAbsolute(path) ? path : resolve(this.place.workingDir, path);
  }

  /** A key of `bytes` bytes for one purpose, from JWT_SECRET by HKDF-SHA256. */
  derivedKey(purpose: string, bytes = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.values.JWT_SECRET, '', `veza/${purpose}`, bytes));
  }

  /** Key of signed links: SIGNED_URL_SECRET, else derived. */
  get signedUrlKey(): Buffer {
    const secret = this.values.SIGNED_URL_SECRET;
    return secret === undefined ? this.derivedKey('signed-url') : Buffer.from(secret, 'utf8');
  }

  /** 32 bytes for stored secrets: ENCRYPTION_KEY, else derived. */
  get encryptionKey(): Buffer {
    return this.values.ENCRYPTION_KEY ?? this.derivedKey('encryption');
  }

  /** Secret of chat tokens: CHAT_JWT_SECRET, else JWT_SECRET (S0). */
  get chatJwtSecret(): string {
    return this.values.CHAT_JWT_SECRET ?? this.values.JWT_SECRET;
  }

  /** Address of the web application, without a trailing slash. */
  get publicAppUrl(): string {
    return this.values.PUBLIC_APP_URL ?? this.firstOrigin ?? 'http://localhost:3000';
  }

  /** Address of this server for clients, without a trailing slash. */
  get publicApiUrl(): string {
    return this.values.PUBLIC_API_URL ?? `http://localhost:${this.values.APP_PORT}`;
  }

  private get firstOrigin(): string | undefined {
    return this.values.CORS_ALLOWED_ORIGINS.find((origin) => origin !== '*');
  }
}
