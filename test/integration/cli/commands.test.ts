import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Program } from '../../../src/cli/deps.ts';
import { generatedFiles, staleFiles } from '../../../src/cli/generated.ts';
import { recordCommands } from '../../../src/cli/records/commands.ts';
import type { HoldListed, RecordDeps, RecordLine } from '../../../src/cli/records/record-deps.ts';
import { retentionPresets } from '../../../src/config/retention-presets.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parsePosition, type Position } from '../../../src/core/ids.ts';
import { JournalDown } from '../../../src/core/ports/recorder.ts';
import { err, ok } from '../../../src/core/result.ts';
import { tableOf } from '../../../src/retention/classes/class-table.ts';
import { gatehouse } from '../../support/cli.ts';
import { newInstallation, SECRET_WORD, type Installation } from '../../support/installation.ts';

let place: Installation;
beforeAll(() => {
  place = newInstallation();
});
afterAll(() => {
  place[Symbol.dispose]();
});

function at(n: number): Position {
  return must(parsePosition(n));
}
function lineAt(n: number): RecordLine {
  const position = at(n);
  return {
    position,
    kind: 'network.message',
    at: '2026-03-09T10:02:11.000Z',
    from: 'Ann',
    to: 'Sales',
    text: `text ${String(n)}`,
    erased: false,
  };
}

/** A record of three messages that keeps what is appended to it. */
function record(more: Partial<RecordDeps> = {}): { readonly deps: RecordDeps; readonly appended: Draft[] } {
  const appended: Draft[] = [];
  const deps: RecordDeps = {
    clock: systemClock,
    append: (drafts) => {
      appended.push(...drafts);
      return Promise.resolve([]);
    },
    size: () => Promise.resolve(3),
    lines: (positions) => Promise.resolve(positions.filter((n) => n <= 3).map(lineAt)),
    search: (query) =>
      Promise.resolve(
        query === 'from:'
          ? err('from: needs a name after it')
          : ok({ positions: [at(3), at(1)], total: 2, complete: true }),
      ),
    stats: () => Promise.resolve({ entries: 3 }),
    holds: () => Promise.resolve([]),
    retention: () => Promise.resolve('not-running'),
    classes: () => Promise.resolve(undefined),
    newerThan: () => Promise.resolve(),
    verify: () =>
      Promise.resolve({ ok: true, size: 3, root: 'r', covered: 2, uncovered: 1, erased: 0, firstBad: null }),
    prove: (n) => Promise.resolve(n <= 3 ? ok('c2sp.org/tlog-proof@v1\n') : err('there is no such record')),
    rebuild: () => Promise.resolve({ ok: true }),
    reconcile: () => Promise.resolve('stopped'),
    backup: () => Promise.resolve(err('no backup here')),
    health: () => Promise.reject(new Error('not asked')),
    ...more,
  };
  return { deps, appended };
}

/** A program in which none runs and the record is opened here. */
function opens(deps: RecordDeps): Partial<Program> {
  return {
    openRecords: () => Promise.resolve(ok({ ...recordCommands(deps), [Symbol.asyncDispose]: () => Promise.resolve() })),
  };
}

function run(argv: readonly string[], program: Partial<Program> = {}) {
  return gatehouse(argv, { cwd: place.cwd, program });
}

describe('exit codes', () => {
  test.each([
    [[], 2],
    [['nonsense'], 2],
    [['--help'], 0],
    [['--version'], 0],
    [['prove', '1'], 2],
    [['prove', 'x', '--out', 'f'], 2],
    [['search'], 2],
    [['search', '--limit', '0', 'x'], 2],
    [['run', '--config', 'nix.yaml'], 2],
    [['run', '--roles', 'bridge'], 2],
    [['run'], 1],
    [['verify'], 1],
    [['verify', '--checkpoint', 'nix'], 2],
    [['config', 'example'], 0],
    [['config', 'schema'], 0],
    [['carrier'], 2],
    [['carrier', '--listen', 'x', '--system-id', 'a', '--password-file', 'p', '--log', 'l'], 2],
  ])('gatehouse %j ends with %d', async (argv, code) => {
    expect((await run(argv)).code).toBe(code);
  });

  test('an exception is one plain line and 1', async () => {
    const ran = await run(['verify'], { openRecords: () => Promise.reject(new Error('boom')) });
    expect(ran).toMatchObject({ code: 1, said: [], complained: ['gatehouse: boom'] });
  });
});

describe('gatehouse config', () => {
  test('check names what is wrong, and with --json one object a line', async () => {
    place.write('config/wrong.yaml', place.example.replace('staff:', 'staf:'));
    const ran = await run(['config', 'check', '--config', 'config/wrong.yaml', '--json']);
    expect(ran.code).toBe(2);
    expect(ran.said.map((line): unknown => JSON.parse(line))).toEqual([
      { path: 'lines[0].staf', message: 'unknown key (did you mean staff?)', fix: 'rename it to staff, or remove it' },
    ]);
  });

  test('example and schema are what the repository holds', async () => {
    const example = readFileSync('config/gatehouse.example.yaml', 'utf8');
    expect((await run(['config', 'example'])).said.join('\n')).toBe(example.trimEnd());
    const schema: unknown = JSON.parse(readFileSync('config/config.schema.json', 'utf8'));
    expect(JSON.parse((await run(['config', 'schema'])).said.join('\n'))).toEqual(schema);
  });

  test('no generated file is stale, and the samples hold no real token', () => {
    expect(staleFiles('.')).toEqual([]);
    const samples = generatedFiles().filter(({ name }) => name.startsWith('registration'));
    expect(samples.map(({ name }) => name)).toEqual(['registration.yaml', 'registration.archive.yaml']);
    for (const { text } of samples) expect(text).toContain('token-made-by-gatehouse-init');
    expect(staleFiles(place.cwd)).toContain('config/config.schema.json');
  });
});

describe('commands on the record', () => {
  test('search prints records one a line, and puts itself on record first, without its words', async () => {
    const { deps, appended } = record();
    const ran = await run(['search', '--json', 'blue', 'one'], opens(deps));
    expect(ran.code).toBe(0);
    expect(ran.said.map((line): unknown => JSON.parse(line))).toEqual([
      {
        position: 3,
        kind: 'network.message',
        at: '2026-03-09T10:02:11.000Z',
        from: 'Ann',
        to: 'Sales',
        line: null,
        room: null,
        text: 'text 3',
        erased: false,
      },
      {
        position: 1,
        kind: 'network.message',
        at: '2026-03-09T10:02:11.000Z',
        from: 'Ann',
        to: 'Sales',
        line: null,
        room: null,
        text: 'text 1',
        erased: false,
      },
    ]);
    expect(appended).toMatchObject([
      { kind: 'cli.command', body: { command: 'search', user: 'sam', positions: [3, 1] } },
    ]);
    expect(JSON.stringify(appended)).not.toContain('blue');
  });

  test('search says how many there are, and a wrong query what is wrong with it', async () => {
    const { deps } = record();
    expect((await run(['search', 'blue'], opens(deps))).said.at(-1)).toBe('2 found');
    const cut = record({ search: () => Promise.resolve(ok({ positions: [at(3)], total: 50, complete: false })) });
    expect((await run(['search', 'blue'], opens(cut.deps))).said.at(-1)).toBe(
      'at least 50 found, the newest 1 shown (--limit shows more)',
    );
    const wrong = await run(['search', 'from:'], opens(deps));
    expect(wrong).toMatchObject({ code: 2, said: [], complained: ['gatehouse: from: needs a name after it'] });
  });

  test('shows nothing when it can’t be put on record', async () => {
    const { deps } = record({ append: () => Promise.reject(new JournalDown('the disk is full')) });
    for (const argv of [
      ['search', 'x'],
      ['journal', 'show', '1'],
      ['journal', 'tail'],
      ['prove', '1', '--out', 'p'],
    ]) {
      expect(await run(argv, opens(deps))).toMatchObject({
        code: 1,
        said: [],
        complained: ['gatehouse: the disk is full'],
      });
    }
  });

  test('journal show, tail and stats', async () => {
    const { deps, appended } = record();
    expect((await run(['journal', 'show', '2'], opens(deps))).said[0]).toContain('“text 2”');
    expect((await run(['journal', 'tail', '--last', '2', '--json'], opens(deps))).said).toHaveLength(2);
    expect((await run(['journal', 'stats', '--json'], opens(deps))).said).toEqual(['{"entries":3}']);
    expect(appended.map(({ body }) => body)).toMatchObject([
      { command: 'journal.show', positions: [2] },
      { command: 'journal.tail', positions: [2, 3] },
      { command: 'journal.stats', positions: [] },
    ]);
    const none = await run(['journal', 'show', '9'], opens(deps));
    expect(none).toMatchObject({ code: 1, complained: ['gatehouse: there is no record 9; the newest is 3'] });
  });

  test('hold list says of each hold where it stands, what it covers and who confirmed', async () => {
    const hold: HoldListed = {
      ...{
        hold: 'acme',
        placed: at(2),
        state: 'standing' as const,
        at: '2026-03-09T10:02:11.000Z',
        by: '@olivia:acme.example',
      },
      ...{ case: null, query: 'user:@bob', custodians: [{ user: '@bob:acme.example', acknowledged: null }] },
    };
    const { deps, appended } = record({ holds: () => Promise.resolve([hold]) });
    expect((await run(['hold', 'list'], opens(deps))).said).toEqual([
      'acme · stands · placed 2026-03-09T10:02:11.000Z by @olivia:acme.example · 0 of 1 custodians confirmed',
      '  user:@bob',
    ]);
    expect((await run(['hold', 'list', '--json'], opens(deps))).said).toEqual([JSON.stringify(hold)]);
    expect(appended.map(({ body }) => body)).toMatchObject([
      { command: 'hold.list', positions: [2] },
      { command: 'hold.list', positions: [2] },
    ]);
    expect((await run(['hold', 'list'], opens(record().deps))).said).toEqual(['No holds.']);
  });

  test('retention show says which records have which class, how long, by which paragraph', async () => {
    const [usual, ...others] = retentionPresets;
    const deals = others.find(({ id }) => id === 'eu-mifid-7y');
    if (usual === undefined || deals === undefined) throw new Error('no classes');
    const table = tableOf([
      {
        ...{ position: at(2), digest: '', classes: [usual, deals], default: usual.id },
        assignments: [{ name: 'config:tag:deals', class: deals.id, to: { rooms: [] } }],
      },
    ]);
    const { deps, appended } = record({ classes: () => Promise.resolve(table) });
    const { said } = await run(['retention', 'show'], opens(deps));
    expect(said.slice(0, 3)).toEqual([
      'what has no other class: us-sec-3y, 3 years, then let go',
      'config:tag:deals: eu-mifid-7y, 7 years, then let go',
      'class us-sec-3y: 3 years, then let go (17 CFR 240.17a-4(b)(4))',
    ]);
    const [line] = (await run(['retention', 'show', 'eu-mifid-7y', '--json'], opens(deps))).said;
    expect(JSON.parse(line ?? '')).toMatchObject({ is: 'assignment', class: 'eu-mifid-7y', keep: { years: 7 } });
    expect(appended.map(({ body }) => body)).toMatchObject([
      { command: 'retention.show', positions: [2] },
      { command: 'retention.show', positions: [2] },
    ]);
    expect(await run(['retention', 'show', 'us-sec-4y'], opens(deps))).toMatchObject({
      code: 2,
      complained: ['gatehouse: there is no class us-sec-4y (did you mean us-sec-3y?)'],
    });
    expect((await run(['retention', 'show'], opens(record().deps))).code).toBe(1);
  });

  test('journal tail --follow shows what comes, not itself, and ends when told', async () => {
    const stop = new AbortController();
    let size = 3;
    const { deps } = record({
      size: () => Promise.resolve(size),
      lines: (positions) =>
        Promise.resolve(positions.map((n) => (n === 4 ? { ...lineAt(4), kind: 'cli.command' } : lineAt(n)))),
      newerThan: () => {
        size += 1;
        if (size === 6) stop.abort();
        return Promise.resolve();
      },
    });
    const ran = await gatehouse(['journal', 'tail', '--last', '1', '--follow', '--json'], {
      cwd: place.cwd,
      program: opens(deps),
      signal: stop.signal,
    });
    expect(ran.said.map((line) => /"position":(\d+)/u.exec(line)?.[1])).toEqual(['3', '5']);
  });

  test('verify ends with 0 only when nothing was changed', async () => {
    const good = await run(['verify', '--json'], opens(record().deps));
    expect(good.code).toBe(0);
    expect(JSON.parse(good.said[0] ?? '')).toEqual({
      ok: true,
      size: 3,
      root: 'r',
      covered: 2,
      uncovered: 1,
      erased: 0,
      firstBad: null,
    });
    const firstBad = { position: 2, what: 'ciphertext' };
    const { deps } = record({
      verify: () => Promise.resolve({ ok: false, size: 3, root: 'r', covered: 0, uncovered: 3, erased: 0, firstBad }),
    });
    const bad = await run(['verify'], opens(deps));
    expect(bad.code).toBe(1);
    expect(bad.said[0]).toBe('✗ The record was changed: first at 2 (ciphertext).');
  });

  test('prove writes the proof', async () => {
    const { deps } = record();
    const ran = await run(['prove', '2', '--out', 'two.tlog-proof'], opens(deps));
    expect(ran).toMatchObject({ code: 0, said: ['✓ two.tlog-proof: record 2 is in the tree'] });
    expect(readFileSync(join(place.cwd, 'two.tlog-proof'), 'utf8')).toBe('c2sp.org/tlog-proof@v1\n');
    expect((await run(['prove', '9', '--out', 'x'], opens(deps))).code).toBe(1);
  });

  test('rebuild --check ends with 1 at a difference', async () => {
    const { deps } = record({ rebuild: () => Promise.resolve({ ok: false, difference: 'portal, row 3' }) });
    const ran = await run(['rebuild', '--check'], opens(deps));
    expect(ran.code).toBe(1);
    expect(ran.said[0]).toBe('✗ The tables differ from the record: portal, row 3');
    expect((await run(['rebuild'], opens(record().deps))).code).toBe(0);
  });

  test('ask the running process and open nothing when one runs', async () => {
    const { deps, appended } = record();
    let opened = 0;
    const program: Partial<Program> = {
      callRunning: (_config, name, calling) => recordCommands(deps).run(name, calling),
      openRecords: () => {
        opened += 1;
        return Promise.resolve(err('must not be opened'));
      },
    };
    expect((await run(['search', 'blue'], program)).code).toBe(0);
    expect(opened).toBe(0);
    expect(appended).toHaveLength(1);
  });
});

describe('gatehouse run', () => {
  test('ends with 0 when it is told to stop, after the program was stopped in good order', async () => {
    const stop = new AbortController();
    let stopped = false;
    const program: Partial<Program> = {
      createApp: () => {
        stop.abort();
        const failed = new Promise<string>(() => undefined);
        return Promise.resolve(
          ok({
            failed,
            reloadRules: () => undefined,
            [Symbol.asyncDispose]: () => {
              stopped = true;
              return Promise.resolve();
            },
          }),
        );
      },
    };
    const ran = await gatehouse(['run'], { cwd: place.cwd, program, signal: stop.signal });
    expect(ran.code).toBe(0);
    expect(stopped).toBe(true);
    expect(ran.complained[0]).toContain('not active in this version:');
    expect(ran.complained.join('\n')).not.toContain(SECRET_WORD);
  });

  test('looks at the files of rules again at each SIGHUP', async () => {
    const stop = new AbortController();
    let hangUp = (): void => undefined;
    let reloads = 0;
    const program: Partial<Program> = {
      createApp: () =>
        Promise.resolve(
          ok({
            failed: new Promise<string>(() => undefined),
            reloadRules: () => {
              reloads += 1;
              if (reloads === 1) hangUp();
              else stop.abort();
            },
            [Symbol.asyncDispose]: () => Promise.resolve(),
          }),
        ),
    };
    const onHangup = (listener: () => void): void => {
      hangUp = listener;
      setImmediate(listener);
    };
    const ran = await gatehouse(['run'], { cwd: place.cwd, program, signal: stop.signal, onHangup });
    expect(ran.code).toBe(0);
    expect(reloads).toBe(2);
  });

  test('ends with 1 and the words when the program can’t go on', async () => {
    const program: Partial<Program> = {
      createApp: () =>
        Promise.resolve(
          ok({
            failed: Promise.resolve('the disk broke'),
            reloadRules: () => undefined,
            [Symbol.asyncDispose]: () => Promise.resolve(),
          }),
        ),
    };
    expect(await run(['run'], program)).toMatchObject({ code: 1 });
    expect((await run(['run'], program)).complained).toContain('gatehouse: the disk broke');
  });
});
