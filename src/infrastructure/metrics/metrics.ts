import { Injectable, Logger } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describeStatement } from './describe-statement.js';
import { operationOf, outcomeOf } from './describe-provider-call.js';
import { METRIC_DEFINITIONS, type MetricName } from './metric-definitions.js';
import { MONEY_GAUGE_DEFINITIONS, type MoneyGaugeName } from './payment-metric-definitions.js';

/** How a login ended: `locked` and `limited` are refusals before or in spite of the right password. */
export type LoginStatus = 'success' | 'failure' | 'locked' | 'limited';

/** One answered request; `endpoint` is the route pattern. */
export interface HttpObservation {
  method: string;
  endpoint: string;
  statusCode: number;
  durationSeconds: number;
}

/** Answers the value of a gauge at the moment of the scrape. */
export type GaugeSupplier = () => number | Promise<number>;

/** One call to a provider; `statusCode` is null when no answer could be read. */
export interface ProviderCall {
  provider: string;
  method: string;
  path: string;
  statusCode: number | null;
  durationSeconds: number;
}

/** A value of a gauge under its labels. */
export interface GaugeSample {
  labels: Record<string, string>;
  value: number;
}

/** Answers every value of a gauge at the moment of the scrape; what is not named any more disappears. */
export type SamplesSupplier = () => Promise<readonly GaugeSample[]>;

const SUPPLIER_TIMEOUT_MS = 2_000;

/** The product's metrics (spec 06) and those of the process: event-loop lag, heap, garbage collection, CPU. */
@Injectable()
export class Metrics {
  private readonly logger = new Logger(Metrics.name);
  private readonly registry = new Registry();
  private readonly suppliers = new Map<MetricName, GaugeSupplier>();
  private readonly sampleSuppliers = new Map<MoneyGaugeName, SamplesSupplier>();

  private readonly httpRequests = this.counter('veza_http_requests_total');
  private readonly httpDuration = this.histogram('veza_http_request_duration_seconds');
  private readonly loginAttempts = this.counter('veza_auth_login_attempts_total');
  private readonly queryDuration = this.histogram('veza_database_query_duration_seconds');
  private readonly tracksUploaded = this.counter('veza_tracks_uploaded_total');
  private readonly usersRegistered = this.counter('veza_users_registered_total');
  private readonly playlistsCreated = this.counter('veza_playlists_created_total');
  private readonly fileUploads = this.counter('veza_file_uploads_total');
  private readonly uploadsFailed = this.counter('veza_uploads_failed_total');
  private readonly providerCalls = this.counter('veza_payments_provider_calls_total');
  private readonly providerCallDuration = this.histogram('veza_payments_provider_call_duration_seconds');
  private readonly webhooks = this.counter('veza_payments_webhooks_total');

  constructor() {
    this.gauge('veza_auth_sessions_active');
    this.gauge('veza_database_connections_active');
    for (const name of Object.keys(MONEY_GAUGE_DEFINITIONS) as MoneyGaugeName[]) this.sampledGauge(name);
    collectDefaultMetrics({ register: this.registry });
  }

  httpRequest({ method, endpoint, statusCode, durationSeconds }: HttpObservation): void {
    const labels = { method, endpoint, status_code: String(statusCode) };
    this.httpRequests.inc(labels);
    this.httpDuration.observe(labels, durationSeconds);
  }

  loginAttempt(status: LoginStatus): void {
    this.loginAttempts.inc({ operation: 'login', status });
  }

  userRegistered(): void {
    this.usersRegistered.inc();
  }

  trackUploaded(): void {
    this.tracksUploaded.inc();
  }

  playlistCreated(): void {
    this.playlistsCreated.inc();
  }

  /** A stored file; `kind` is one of few words such as `audio` or `cover`. */
  fileUploaded(kind: string): void {
    this.fileUploads.inc({ kind });
  }

  /** A refused or broken upload; `reason` is a stable error code. */
  uploadFailed(reason: string): void {
    this.uploadsFailed.inc({ reason });
  }

  /** A call to a payment or payout provider that ended, however it ended. */
  providerCall({ provider, method, path, statusCode, durationSeconds }: ProviderCall): void {
    const operation = operationOf(method, path);
    this.providerCalls.inc({ provider, operation, outcome: outcomeOf(statusCode) });
    this.providerCallDuration.observe({ provider, operation }, durationSeconds);
  }

  /** A provider's delivery; `rejected` carried no valid signature. */
  webhookReceived(provider: string, result: 'accepted' | 'rejected'): void {
    this.webhooks.inc({ provider, result });
  }

  /** One finished SQL statement; operation and table are read from its text. */
  observeQuery(sql: string, durationSeconds: number, succeeded: boolean): void {
    const status = succeeded ? 'success' : 'error';
    this.queryDuration.observe({ ...describeStatement(sql), status }, durationSeconds);
  }

  /** Registers who counts the connections that are in use. */
  registerActiveConnections(supplier: GaugeSupplier): void {
    this.suppliers.set('veza_database_connections_active', supplier);
  }

  /** Registers who counts the live sessions. */
  registerActiveSessions(supplier: GaugeSupplier): void {
    this.suppliers.set('veza_auth_sessions_active', supplier);
  }

  /** Registers who knows the values of a gauge of money. */
  registerSamples(name: MoneyGaugeName, supplier: SamplesSupplier): void {
    this.sampleSuppliers.set(name, supplier);
  }

  /** Everything in Prometheus' text format. */
  asText(): Promise<string> {
    return this.registry.metrics();
  }

  /** Everything as JSON, one object per metric (09 C4). */
  async asJson(): Promise<object[]> {
    return this.registry.getMetricsAsJSON();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private counter<Name extends MetricName>(name: Name): Counter<LabelOf<Name>> {
    return new Counter<LabelOf<Name>>({ ...optionsOf(name), registers: [this.registry] });
  }

  private histogram<Name extends MetricName>(name: Name): Histogram<LabelOf<Name>> {
    const { buckets } = METRIC_DEFINITIONS[name];
    const options = { ...optionsOf(name), registers: [this.registry] };
    return new Histogram<LabelOf<Name>>(buckets ? { ...options, buckets } : options);
  }

  /** A gauge is asked for at the scrape; without an answer it keeps its last value. */
  private gauge(name: MetricName): void {
    const gauge: Gauge = new Gauge({
      ...optionsOf(name),
      registers: [this.registry],
      collect: async () => {
        const value = await this.ask(name, this.suppliers.get(name));
        if (value !== null) gauge.set(value);
      },
    });
  }

  private sampledGauge(name: MoneyGaugeName): void {
    const gauge: Gauge = new Gauge({
      ...optionsOf(name),
      registers: [this.registry],
      collect: async () => {
        const samples = await this.ask(name, this.sampleSuppliers.get(name));
        if (samples === null) return;
        gauge.reset();
        for (const { labels, value } of samples) gauge.set(labels, value);
      },
    });
  }

  private async ask<T>(name: MetricName, supplier: (() => T | Promise<T>) | undefined): Promise<T | null> {
    if (!supplier) return null;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, SUPPLIER_TIMEOUT_MS, null);
    });
    try {
      return await Promise.race([supplier(), timeout]);
    } catch (error) {
      this.logger.warn({ err: error, metric: name }, 'A gauge could not be read');
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

type LabelOf<Name extends MetricName> = (typeof METRIC_DEFINITIONS)[Name]['labels'][number];

function optionsOf<Name extends MetricName>(
  name: Name,
): { name: Name; help: string; labelNames: LabelOf<Name>[] } {
  const { help, labels } = METRIC_DEFINITIONS[name];
  return { name, help, labelNames: [...labels] };
}
