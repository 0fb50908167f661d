/** What it says that it can do is what it can do. */
import { expect } from '@jest/globals';
import type { Capabilities, FileFeatures, Level } from '../../../src/core/ports/capabilities.ts';
import type { Connector } from '../../../src/core/ports/connector.ts';
import type { Obligations } from '../connector-kit.ts';
import type { Rig } from '../rig.ts';

type Graded = { [K in keyof Capabilities]-?: Capabilities[K] extends Level ? K : never }[keyof Capabilities];

const methods: Readonly<Partial<Record<Graded, keyof Connector>>> = {
  edit: 'edit',
  delete: 'redact',
  reaction: 'react',
  read_receipts: 'markRead',
  typing_notifications: 'typing',
  presence: 'presence',
  templates: 'templates',
};

const grades = [
  ...(['edit', 'delete', 'reaction', 'read_receipts', 'typing_notifications', 'presence', 'templates'] as const),
  ...(['formatting', 'location_message', 'reply', 'delivery_receipts', 'groups'] as const),
];

/** More of these is a better network. */
const measures = ['max_text_length', 'edit_max_age', 'delete_max_age', 'reaction_count', 'keepsForMs'] as const;

function all({ connector, line, customer }: Rig): readonly Capabilities[] {
  return [connector.capabilities(), connector.capabilities({ from: line, to: customer })];
}

function hasWhatItGrades(rig: Rig): Promise<void> {
  const here = rig.connector.capabilities();
  for (const grade of grades) {
    const method = methods[grade];
    if (method !== undefined) {
      expect({ [method]: typeof rig.connector[method] }).toEqual({
        [method]: here[grade] > 0 ? 'function' : 'undefined',
      });
    }
  }
  return Promise.resolve();
}

function fetchesWhereFilesCome({ connector, network }: Rig): Promise<void> {
  const files = network.customerCan?.sendsFile !== undefined;
  expect(typeof connector.fetchFile).toBe(files ? 'function' : 'undefined');
  return Promise.resolve();
}

function neverMoreThanItsFacts(rig: Rig): Promise<void> {
  const { most } = rig.network.facts;
  for (const here of all(rig)) {
    for (const grade of grades) expect({ grade, level: here[grade] <= most[grade] }).toEqual({ grade, level: true });
    for (const measure of measures) {
      const within = (here[measure] ?? 0) <= (most[measure] ?? (measure === 'keepsForMs' ? 0 : Infinity));
      expect({ measure, within }).toEqual({ measure, within: true });
    }
    expect(here.official).toBe(most.official);
    for (const [kind, file] of Object.entries(here.file)) expectWithin(file, most.file, kind);
  }
  return Promise.resolve();
}

function expectWithin(file: FileFeatures, most: Capabilities['file'], kind: string): void {
  const known = new Map(Object.entries(most)).get(kind);
  expect(known).toBeDefined();
  expect(file.max_size).toBeLessThanOrEqual(known?.max_size ?? 0);
  expect(file.caption).toBeLessThanOrEqual(known?.caption ?? -2);
  expect(known?.mime_types).toEqual(expect.arrayContaining([...file.mime_types]));
}

async function listsItsTemplates({ network, connector, line }: Rig): Promise<void> {
  if (connector.templates === undefined) return;
  const listed = await connector.templates(line);
  const usable = listed.filter(({ unusable }) => unusable === undefined);
  expect(usable.map(({ name }) => name)).toEqual(network.templates);
  for (const { text, values } of listed)
    expect(text.match(/\{\{\d+\}\}/gu)?.length ?? 0).toBeGreaterThanOrEqual(values);
}

export const capabilityObligations: Obligations = {
  'has a method exactly where it grades what the method does': hasWhatItGrades,
  'fetches files exactly where files come': fetchesWhereFilesCome,
  'is never more than the facts of its type': neverMoreThanItsFacts,
  'lists the templates that the provider approved': listsItsTemplates,
};
