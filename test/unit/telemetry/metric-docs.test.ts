import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { metricDocs } from '../../../src/telemetry/metric-docs.ts';
import { metricNames } from '../../../src/telemetry/metric-names.ts';

const written = readFileSync(join(import.meta.dirname, '../../../docs/metrics.md'), 'utf8');

describe('docs/metrics.md', () => {
  test('is what the list of metrics makes', () => {
    expect(written).toBe(metricDocs());
  });

  test('explains each metric once, by the name that Prometheus sees', () => {
    for (const [name, { kind, labels }] of Object.entries(metricNames)) {
      const shown = `gatehouse_${name}${kind === 'counter' ? '_total' : ''}`;
      const rows = written.split('\n').filter((row) => row.startsWith(`| \`${shown}\` `));
      expect(rows).toHaveLength(1);
      expect(labels.every((label) => rows[0]?.includes(`\`${label}\``))).toBe(true);
    }
  });

  test('alerts only on what there is', () => {
    const known = new Set(
      Object.entries(metricNames).map(([name, { kind }]) => (kind === 'counter' ? `${name}_total` : name)),
    );
    const named = [...written.matchAll(/expr: .*/gu)].flatMap(([expr]) => [...expr.matchAll(/gatehouse_(\w+)/gu)]);
    expect(named.length).toBeGreaterThan(8);
    const unknown = named.map(([, name = '']) => name.replace(/_bucket$/u, '')).filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
  });
});
