import { Redis } from 'ioredis';
import { connect } from 'amqplib';
import { RabbitMqProbe } from '../../src/infrastructure/health/probes/rabbitmq.probe.js';
import { RedisProbe } from '../../src/infrastructure/health/probes/redis.probe.js';
import { findService } from '../support/services.js';
import { describeWhen } from '../support/skips.js';

const redis = findService('TEST_REDIS_URL', 'redis://127.0.0.1:6379');
const rabbitMq = findService('TEST_RABBITMQ_URL', 'amqp://guest:guest@127.0.0.1:5672');
const TIMEOUT_MS = 2_000;
const soon = (): AbortSignal => AbortSignal.timeout(TIMEOUT_MS);

describeWhen(redis.isThere, redis.reason, 'RedisProbe against a real Redis', () => {
  let probe: RedisProbe;

  beforeEach(() => {
    probe = new RedisProbe(redis.url, TIMEOUT_MS);
  });

  afterEach(() => probe.close());

  it('answers again and again over one connection', async () => {
    await probe.ping(soon());
    await probe.ping(soon());
    const admin = new Redis(redis.url);
    const list = String(await admin.client('LIST'));
    admin.disconnect();
    expect(list.match(/name=veza-health/g)).toHaveLength(1);
  });

  it('comes back after the server has closed its connection', async () => {
    await probe.ping(soon());
    const admin = new Redis(redis.url);
    const id = /id=(\d+)[^\n]*name=veza-health/.exec(String(await admin.client('LIST')))?.[1] ?? '';
    await admin.client('KILL', 'ID', Number(id));
    admin.disconnect();
    await probe.ping(soon()).catch(() => undefined);
    await expect(probe.ping(soon())).resolves.toBeUndefined();
  });

  it('fails for a user whom Redis refuses', async () => {
    const address = new URL(redis.url);
    address.username = 'nobody';
    address.password = 'wrong';
    const stranger = new RedisProbe(address.href, TIMEOUT_MS);
    await expect(stranger.ping(soon())).rejects.toThrow();
    stranger.close();
  });
});

describeWhen(rabbitMq.isThere, rabbitMq.reason, 'RabbitMqProbe against a real RabbitMQ', () => {
  it('opens a channel again and again', async () => {
    const probe = new RabbitMqProbe(rabbitMq.url, TIMEOUT_MS);
    await probe.ping(soon());
    await expect(probe.ping(soon())).resolves.toBeUndefined();
    await probe.close();
  });

  it('fails with a wrong password', async () => {
    const address = new URL(rabbitMq.url);
    address.password = 'wrong';
    const probe = new RabbitMqProbe(address.href, TIMEOUT_MS);
    await expect(probe.ping(soon())).rejects.toThrow(/ACCESS.REFUSED|refused/i);
    await probe.close();
  });

  it('leaves the broker usable for others', async () => {
    const probe = new RabbitMqProbe(rabbitMq.url, TIMEOUT_MS);
    await probe.ping(soon());
    await probe.close();
    const connection = await connect(rabbitMq.url);
    await expect(connection.close()).resolves.toBeUndefined();
  });
});
