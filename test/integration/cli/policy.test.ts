/** `gatehouse policy check|test` over files on disk, without a record and without a running process. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { gatehouse } from '../../support/cli.ts';
import { CONFIG, newInstallation } from '../../support/installation.ts';

const root = resolve(import.meta.dirname, '../../..');
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'gatehouse-policy-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true });
});

function write(name: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
}
function starterSet(): void {
  for (const folder of ['config/policy', 'config/lexicons']) {
    cpSync(join(root, folder), join(cwd, folder), { recursive: true });
  }
}
function rule(id: string, ...more: readonly string[]): string {
  return [`  - id: ${id}`, '    says: x', '    then: flag', ...more.map((line) => `    ${line}`)].join('\n');
}
function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

const judged = z.strictObject({
  id: z.union([z.string(), z.number()]),
  hits: z.array(
    z.strictObject({
      rule: z.string(),
      detector: z.string(),
      start: z.number(),
      end: z.number(),
      confidence: z.number(),
    }),
  ),
});
function parsed(said: readonly string[]): readonly z.output<typeof judged>[] {
  return said.map((line) => judged.parse(JSON.parse(line)));
}

describe('policy test', () => {
  test('gives each text its hits, with offsets into the text as it was', async () => {
    starterSet();
    const card = 'Hi 👋 my card: ４１１１ 1111 1111 1111, thanks';
    write('texts.jsonl', lines({ id: 'a', text: card }, { id: 2, text: 'see you at 12:30', label: 'ham' }));
    const { code, said, complained } = await gatehouse(['policy', 'test', 'texts.jsonl'], { cwd });
    const [first, second] = parsed(said);
    const [hit] = first?.hits ?? [];
    expect(first).toMatchObject({ id: 'a', hits: [{ rule: 'card-number', detector: 'card' }] });
    expect(card.slice(hit?.start, hit?.end)).toBe('４１１１ 1111 1111 1111');
    expect(second).toEqual({ id: 2, hits: [] });
    expect(complained).toEqual(['2 judged, 1 with hits']);
    expect(code).toBe(0);
  });

  test('says what was found by which word or pattern', async () => {
    write('config/lexicons/away.txt', '# language: en\ncall me | c\ncall my _ cell | c\n');
    const rules = [rule('words', 'when: { lexicon: away }'), rule('wires', 'when: { pattern: "wire \\\\d+" }')];
    write('config/policy/a.yaml', `rules:\n${rules.join('\n')}\n`);
    write('t.jsonl', lines({ id: 1, text: 'CALL my own cell, then wire 500' }));
    const { said } = await gatehouse(['policy', 'test', 't.jsonl', '--json'], { cwd });
    expect(parsed(said)[0]?.hits).toEqual([
      { rule: 'wires', detector: 'pattern:0', start: 23, end: 31, confidence: 0.5 },
      { rule: 'words', detector: 'lexicon:away#1', start: 0, end: 16, confidence: 0.5 },
    ]);
  });

  test('asks each rule as if where it holds, in the direction that is asked for', async () => {
    const rules = [
      rule('late', 'when: { pattern: hello }', 'scope: { hours: { zone: UTC, during: Mon 03:00-03:01 }, lines: [x] }'),
      rule('inside', 'when: { pattern: hello }', 'scope: { directions: [internal] }'),
      rule('off', 'when: { pattern: hello }', 'enabled: false'),
    ];
    write('config/policy/a.yaml', `rules:\n${rules.join('\n')}\n`);
    write('t.jsonl', lines({ id: 1, text: 'hello' }));
    const hits = async (...more: readonly string[]): Promise<readonly string[]> => {
      const { said } = await gatehouse(['policy', 'test', 't.jsonl', ...more], { cwd });
      return parsed(said).flatMap((line) => line.hits.map((hit) => hit.rule));
    };
    expect(await hits()).toEqual(['late']);
    expect(await hits('--direction', 'internal')).toEqual(['inside', 'late']);
    expect(await hits('--all')).toEqual(['late', 'off']);
  });

  test('reads numbers without a country where it is told to', async () => {
    write('config/policy/a.yaml', `rules:\n${rule('phone', 'when: { detector: phone, confidence: 0.2 }')}\n`);
    write('t.jsonl', lines({ id: 1, text: 'ruf mich an: 030 23125 445' }));
    const hits = async (...more: readonly string[]): Promise<number> =>
      parsed((await gatehouse(['policy', 'test', 't.jsonl', ...more], { cwd })).said)[0]?.hits.length ?? 0;
    expect(await hits()).toBe(0);
    expect(await hits('--country', 'de')).toBe(1);
    expect((await gatehouse(['policy', 'test', 't.jsonl', '--country', 'xx'], { cwd })).code).toBe(2);
  });

  test('names and counts wrong lines, judges the others, and exits with 1', async () => {
    starterSet();
    const long = lines({ id: 8, text: 'x'.repeat(65_537) }) + `"${'y'.repeat(2 ** 20)}"\n`;
    const text = `${lines({ id: 1, text: 'a' })}nope\n\n{"id": 3}\n{"text": "b"}\n[]\n${long}{"id": 9, "text": "c"}`;
    write('t.jsonl', Buffer.concat([Buffer.from([0xff, 0x0a]), Buffer.from(text)]));
    const { code, said, complained } = await gatehouse(['policy', 'test', 't.jsonl'], { cwd });
    expect(parsed(said).map(({ id }) => id)).toEqual([1, 9]);
    expect(complained).toEqual([
      'gatehouse: t.jsonl, line 1: is longer than 1048576 bytes, or not UTF-8',
      'gatehouse: t.jsonl, line 3: is not JSON',
      'gatehouse: t.jsonl, line 5: is not {"id": ..., "text": "..."}',
      'gatehouse: t.jsonl, line 6: is not {"id": ..., "text": "..."}',
      'gatehouse: t.jsonl, line 7: is not {"id": ..., "text": "..."}',
      'gatehouse: t.jsonl, line 8: has a text of more than 65536 characters',
      'gatehouse: t.jsonl, line 9: is longer than 1048576 bytes, or not UTF-8',
      '2 judged, 0 with hits, 7 wrong',
    ]);
    expect(code).toBe(1);
  });

  test('names the first 20 wrong lines and counts the others', async () => {
    starterSet();
    write('t.jsonl', 'x\n'.repeat(25));
    const { complained } = await gatehouse(['policy', 'test', 't.jsonl', '--json'], { cwd });
    expect(complained).toHaveLength(21);
    expect(complained.at(-1)).toBe('gatehouse: 5 more lines are wrong');
  });

  test('judges an empty file, and refuses one that is not there', async () => {
    starterSet();
    write('empty.jsonl', '');
    expect(await gatehouse(['policy', 'test', 'empty.jsonl'], { cwd })).toMatchObject({ code: 0, said: [] });
    const missing = await gatehouse(['policy', 'test', 'missing.jsonl'], { cwd });
    expect(missing).toMatchObject({ code: 2, said: [] });
    expect(missing.complained.join('\n')).toContain("missing.jsonl can't be read");
    expect((await gatehouse(['policy', 'test'], { cwd })).code).toBe(2);
  });

  test('judges nothing by broken rules', async () => {
    write('config/policy/a.yaml', 'rules:\n  - id: x\n');
    write('t.jsonl', lines({ id: 1, text: 'a' }));
    const { code, said, complained } = await gatehouse(['policy', 'test', 't.jsonl'], { cwd });
    expect({ code, said }).toEqual({ code: 2, said: [] });
    expect(complained[0]).toContain('config/policy/a.yaml:2 rules[0].says: is missing');
  });
});

describe('policy check', () => {
  test('counts what is good, and names the set by its digest', async () => {
    write('config/policy/a.yaml', `rules:\n${rule('a', 'when: { pattern: x }')}\n`);
    write('config/policy/b.yaml', `rules:\n${rule('b', 'when: { pattern: y }', 'enabled: false')}\n`);
    const { code, said } = await gatehouse(['policy', 'check'], { cwd });
    expect(said).toEqual([
      '✓ 2 rules (1 switched off) and 0 lexicons in 2 files',
      expect.stringMatching(/^ {2}[0-9a-f]{64}$/u),
    ]);
    expect(code).toBe(0);
  });

  test('says what the engine can not make of a rule, with its line', async () => {
    const rules = [rule('a', 'when:', '  any:', '    - pattern: "(unclosed"', '    - lexicon: offchannel')];
    write('config/policy/a.yaml', `rules:\n${rules.join('\n')}\n`);
    write('config/lexicons/off-channel.txt', '# language: en\na b | c\n');
    const { code, said } = await gatehouse(['policy', 'check', '--json'], { cwd });
    expect(said.map((line): unknown => JSON.parse(line))).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file: 'config/policy/a.yaml:7' }),
        expect.objectContaining({ file: 'config/policy/a.yaml:8', fix: 'write off-channel' }),
      ]),
    );
    expect(code).toBe(2);
  });

  test('says in one go what is wrong with the files and what the engine can not make of them', async () => {
    write(
      'config/policy/a.yaml',
      [
        ...[
          'rules:',
          rule('one', "when: { pattern: '(?=x)' }", 'sevrity: high'),
          rule('two', 'when: { detector: crd }'),
        ],
        ...[rule('three', "when: { any: [{ detector: card }, { pattern: 'a(' }] }"), rule('one', 'when: {}')],
      ].join('\n'),
    );
    write('config/policy/b.yaml', ['rules:', rule('four', "when: { pattern: 'x*' }")].join('\n'));
    write('config/policy/c.yaml', 'rules: [');
    write('config/lexicons/bad.txt', 'no language here');
    write('config/policy/d.yaml', ['rules:', rule('five', 'when: { lexicon: bad }')].join('\n'));
    const { code, said } = await gatehouse(['policy', 'check', '--json'], { cwd });
    const problem = z.object({ file: z.string(), path: z.string(), message: z.string() });
    const told = said.map((line) => problem.parse(JSON.parse(line)));
    expect(code).toBe(2);
    expect(told.map(({ file, message }) => `${file} ${message.slice(0, 24)}`)).toEqual([
      'config/lexicons/bad.txt:1 does not say its languag',
      'config/lexicons/bad.txt:1 "no language here" has n',
      'config/policy/a.yaml:5 looks ahead or behind, o',
      'config/policy/a.yaml:6 unknown key (did you mea',
      'config/policy/a.yaml:10 "crd" is no detector (di',
      "config/policy/a.yaml:14 the pattern a( can't be ",
      'config/policy/a.yaml:18 needs one of detector, l',
      'config/policy/b.yaml:5 the pattern x* is found ',
      'config/policy/c.yaml:1 is indented wrongly',
    ]);
  });

  test('misses rules that are not there, and files that are no text', async () => {
    expect((await gatehouse(['policy', 'check'], { cwd })).said).toEqual([
      'config/policy/*.yaml: no file of rules is there',
      '    → put the rules there (docs/policy-rules.md), or set policy.rules in the config to where they are',
    ]);
    write('config/policy/a.yaml', Buffer.from([0xff, 0xfe]));
    const { code, said } = await gatehouse(['policy', 'check'], { cwd });
    expect(said).toEqual(['config/policy/a.yaml: is not UTF-8', '    → save it as UTF-8']);
    expect(code).toBe(2);
  });

  test('looks where the config says', async () => {
    using place = newInstallation();
    place.write(CONFIG, place.example.replace('config/policy/*.yaml', 'elsewhere/*.yaml'));
    place.write('elsewhere/a.yaml', `rules:\n${rule('a', 'when: { pattern: x }')}\n`);
    const { said } = await gatehouse(['policy', 'check'], { cwd: place.cwd });
    expect(said[0]).toBe('✓ 1 rule and 0 lexicons in 1 file');
  });

  test('asked for a config that is not there, says so', async () => {
    starterSet();
    const { code, complained } = await gatehouse(['policy', 'check', '--config', 'other.yaml'], { cwd });
    expect(code).toBe(2);
    expect(complained.join('\n')).toContain("doesn't exist");
  });
});
