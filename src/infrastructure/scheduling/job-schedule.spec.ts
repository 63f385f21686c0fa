import { bindJobs } from './job-registry.js';
import { JobSchedule } from './job-schedule.js';

const at = (time: string): Date => new Date(`2026-03-29T${time}Z`);

describe('the ticks of a schedule', () => {
  it('names a tick by its scheduled time, however late the timer is', () => {
    const schedule = new JobSchedule('*/5 * * * *', at('10:01:00.000'));
    expect(schedule.takeTick(at('10:07:13.250'))).toEqual(at('10:05:00.000'));
  });

  it('gives two processes the same tick although their clocks differ', () => {
    const early = new JobSchedule('*/5 * * * *', at('10:01:00.000'));
    const late = new JobSchedule('*/5 * * * *', at('10:02:30.000'));
    expect(early.takeTick(at('10:04:59.700'))).toEqual(late.takeTick(at('10:05:40.000')));
  });

  it('gives a tick once', () => {
    const schedule = new JobSchedule('*/5 * * * *', at('10:01:00.000'));
    expect(schedule.takeTick(at('10:05:00.001'))).toEqual(at('10:05:00.000'));
    expect(schedule.takeTick(at('10:05:00.002'))).toBeNull();
  });

  it('takes the newest of several ticks that a sleeping process missed', () => {
    const schedule = new JobSchedule('*/5 * * * *', at('10:01:00.000'));
    expect(schedule.takeTick(at('11:00:01.000'))).toEqual(at('11:00:00.000'));
  });

  it('counts in UTC, where no hour is missing or doubled', () => {
    expect(new JobSchedule('30 2 * * *', at('00:00:00.000')).nextAfter(at('00:00:00.000'))).toEqual(
      at('02:30:00.000'),
    );
  });
});

describe('the boot check of jobs', () => {
  const job = { run: () => Promise.resolve({}) };
  const options = { id: 'sweep', cron: '0 * * * *', timeoutMs: 1_000, description: 'Sweeps.', job };

  it('accepts jobs with an id of their own', () => {
    expect([...bindJobs([options], [options, { ...options, id: 'mop' }], new Date()).keys()]).toEqual([
      'sweep',
      'mop',
    ]);
  });

  it('refuses two jobs of one id', () => {
    expect(() => bindJobs([options], [options, options], new Date())).toThrow(
      'Two jobs have the id "sweep".',
    );
  });

  it('refuses a job that no module provides', () => {
    expect(() => bindJobs([options], [], new Date())).toThrow(
      'The job "sweep" is declared, but no module provides it.',
    );
  });

  it('refuses a schedule that is none and a missing timeout, both at once', () => {
    const wrong = { ...options, cron: 'every tuesday', timeoutMs: 0 };
    expect(() => bindJobs([wrong], [wrong], new Date())).toThrow(
      /has no timeout.*"every tuesday", which is none/,
    );
  });
});
