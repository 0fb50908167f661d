/** Connectors of third parties, by the name of their package, out of a config as an admin writes it. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { connectorTypesOf } from '../../../src/cli/connector-types.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { problemText } from '../../../src/config/problem.ts';
import { loadConnector } from '../../../src/networks/registry.ts';
import { loadPackaged } from '../../../src/networks/packaged.ts';
import { CONFIG, newInstallation, type Installation } from '../../support/installation.ts';

let installation: Installation;
let cwd = '';

beforeEach(() => {
  installation = newInstallation();
  ({ cwd } = installation);
});
afterEach(() => {
  installation[Symbol.dispose]();
});

/** As `npm install` leaves a package: a folder of its own, or a link to one. */
async function installed(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(cwd, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
}

async function exampleInstalled(): Promise<void> {
  await mkdir(join(cwd, 'node_modules'), { recursive: true });
  await symlink(resolve('packages/example-connector'), join(cwd, 'node_modules/gatehouse-connector-example'));
}

const settings = 'api: http://127.0.0.1:8200, token: t, secret: "0123456789abcdef"';

/** The problems of the example config with this connector, as `gatehouse config check` prints them. */
async function checked(connector: string): Promise<readonly string[]> {
  const written = z.looseObject({}).parse(parse(installation.example));
  installation.write(CONFIG, stringify({ ...written, connectors: [parse(connector)] }));
  const config = await loadConfig(CONFIG, { cwd, env: {}, connectorTypes: await connectorTypesOf() });
  return config.ok ? [] : config.error.map(problemText);
}

describe('a connector that an npm package brings', () => {
  test('is named by its package, or by its type beside the package', async () => {
    await exampleInstalled();
    expect(await checked(`{ id: carrier, type: gatehouse-connector-example, ${settings} }`)).toEqual([]);
    expect(await checked(`{ id: carrier, type: echo, package: gatehouse-connector-example, ${settings} }`)).toEqual([]);
    const module = await loadConnector({ type: 'echo', package: 'gatehouse-connector-example' }, cwd);
    expect(module).toMatchObject({ ok: true, value: { type: 'echo', networks: ['echo'] } });
  });

  test('has its settings checked by its own schema, with what was meant', async () => {
    await exampleInstalled();
    expect(await checked(`{ id: carrier, type: gatehouse-connector-example, tokn: t, ${settings} }`)).toEqual([
      expect.stringContaining('connectors[0].tokn: unknown key (did you mean token?)'),
    ]);
  });

  test('may be a file below the working directory', async () => {
    await writeFile(
      join(cwd, 'mine.mjs'),
      `export { default } from ${JSON.stringify(resolve('packages/example-connector/index.js'))};`,
    );
    expect(await checked(`{ id: carrier, type: echo, package: ./mine.mjs, ${settings} }`)).toEqual([]);
  });

  test.each([
    [
      'not installed',
      '{ id: carrier, type: acme-connector, token: t }',
      'connectors[0].type: no package acme-connector is there\n    → npm install acme-connector',
    ],
    [
      'not installed, by package',
      '{ id: carrier, type: acme, package: "@acme/sms", token: t }',
      'connectors[0].package: no package @acme/sms is there\n    → npm install @acme/sms',
    ],
    [
      'a slip',
      '{ id: carrier, type: smmp, token: t }',
      expect.stringContaining('connectors[0].type: this version has no connector of type smmp (did you mean smpp?)'),
    ],
    [
      'a type of our own',
      '{ id: carrier, type: smpp, package: "@acme/sms", token: t }',
      "connectors[0].package: smpp is a type of Gatehouse's own\n    → leave package out",
    ],
    [
      'another type',
      '{ id: carrier, type: ekko, package: gatehouse-connector-example, token: t }',
      'connectors[0].package: brings the type echo, not ekko\n    → write type: echo',
    ],
  ])('says what is wrong: %s', async (_what, connector, problem) => {
    await exampleInstalled();
    expect((await checked(connector))[0]).toEqual(problem);
  });
});

describe('a package that can not be used', () => {
  test.each([
    ['throws', 'throw new Error("no licence")', 'acme-connector fails when it is loaded: no licence'],
    ['has no default export', 'export const connector = 1', 'acme-connector has no default export'],
    [
      'is for another version',
      'export default { apiVersion: 7 }',
      "acme-connector can't be used: it is for version 7 of the contract; this Gatehouse has version 1",
    ],
    ['is something else', 'export default "sms"', "acme-connector can't be used: its default export is no connector"],
  ])('that %s is refused in words', async (_what, code, message) => {
    await installed('acme-connector', { 'package.json': '{"type":"module","exports":"./i.js"}', 'i.js': code });
    const loaded = await loadPackaged('acme-connector', cwd);
    expect(loaded).toMatchObject({ ok: false, error: { why: 'broken', message } });
  });

  test.each([
    ['{"exports":{".":{"import":"./gone.js"}}}', 'acme-connector begins in ./gone.js, which is not there: build it'],
    ['{"exports":7}', 'the package.json of acme-connector does not say where it begins'],
    ['no json', 'the package.json of acme-connector does not say where it begins'],
  ])('because its package.json is %s', async (manifest, message) => {
    await installed('acme-connector', { 'package.json': manifest });
    expect(await loadPackaged('acme-connector', cwd)).toMatchObject({ ok: false, error: { why: 'broken', message } });
  });
});
