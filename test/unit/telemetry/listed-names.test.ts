import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { logEvents } from '../../../src/telemetry/events.ts';
import { metricNames } from '../../../src/telemetry/metric-names.ts';

const root = join(import.meta.dirname, '../../../src');
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, name), 'utf8'));

function used(call: RegExp): readonly string[] {
  return [...new Set(sources.flatMap((text) => [...text.matchAll(call)].flatMap((match) => match[1] ?? [])))].sort();
}

describe('names in logs and metrics', () => {
  test('every event that the code logs is listed with its meaning', () => {
    const events = used(/\blog(?:\.(?:debug|info|warn|error)|\[[^\]]+\])\??\.?\(\s*'([^']+)'/giu);
    expect(events.length).toBeGreaterThan(10);
    expect(events.filter((event) => !(event in logEvents))).toEqual([]);
  });

  test('every metric that the code keeps is listed with its meaning', () => {
    const names = used(/metrics\??\.(?:count|gauge|observe)\(\s*'([^']+)'/giu);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !(name.replace(/^gatehouse_/u, '') in metricNames))).toEqual([]);
  });

  test('events are named area.what', () => {
    for (const event of Object.keys(logEvents)) expect(event).toMatch(/^[a-z]+\.[a-z][a-z-]+$/u);
  });
});
