import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '../../../src/telemetry/create-metrics.ts';

describe('metrics', () => {
  test('are shown as Prometheus reads them', async () => {
    const metrics = createMetrics(false);
    metrics.count('task_turns', { kind: 'send', outcome: 'done' });
    metrics.count('gatehouse_task_turns', { kind: 'send', outcome: 'done' }, 2);
    metrics.gauge('gates_closed', 1);
    metrics.observe('job_seconds', 0.2, { job: 'checkpoint' });
    const { body, type } = await metrics.text();
    expect(type).toContain('text/plain');
    expect(body).toContain('gatehouse_task_turns_total{kind="send",outcome="done"} 3');
    expect(body).toContain('gatehouse_gates_closed 1');
    expect(body).toContain('gatehouse_job_seconds_count{job="checkpoint"} 1');
  });

  test('what is not listed, or not countable, is counted as such and never thrown', async () => {
    const metrics = createMetrics(false);
    metrics.count('unheard_of');
    metrics.count('task_turns', { kind: 'a', outcome: 'b' }, -1);
    metrics.gauge('gates_closed', Number.NaN);
    expect((await metrics.text()).body).toContain('gatehouse_metrics_unlisted_total 2');
  });

  test('labels that are not listed are left out, and series are bounded', async () => {
    const metrics = createMetrics(false);
    for (let n = 0; n < 1000; n += 1) metrics.count('received', { connector: `c${n}`, user: 'x' });
    const { body } = await metrics.text();
    expect(body).not.toContain('user=');
    expect(body.split('\n').filter((line) => line.startsWith('gatehouse_received_total{'))).toHaveLength(201);
    expect(body).toContain('gatehouse_received_total{connector="other"} 800');
  });

  test('the process itself is among them', async () => {
    expect((await createMetrics().text()).body).toContain('nodejs_eventloop_lag_seconds');
  });
});
