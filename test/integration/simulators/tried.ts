/** docs/simulators.md as an admin follows it: each section's command as a child process, its config, its customer. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { freePort } from '../../../src/demo/synapse/free-port.ts';

const root = path.join(import.meta.dirname, '../../..');

export interface Section {
  /** The simulator. */
  readonly name: string;
  /** What stands behind `npm run simulator --`. */
  readonly args: readonly string[];
  /** The part of the config, as YAML. */
  readonly config: string;
  /** The customer's first line. */
  readonly line: string;
}

/** The sections of the page, in its order. */
export function sectionsOf(page: string): readonly Section[] {
  return page
    .split(/^## /mu)
    .slice(1)
    .map((text) => {
      const blocks = Array.from(text.matchAll(/^```(\w*)\n([^]*?)^```/gmu), ([, kind = '', block = '']) => ({
        kind,
        block,
      }));
      const of = (kind: string): string => blocks.find((one) => one.kind === kind)?.block ?? '';
      const command = /npm run simulator -- (.+)/u.exec(of(''))?.[1] ?? '';
      return {
        name: /^\S+/u.exec(text)?.[0] ?? '',
        args: command.split(' '),
        config: of('yaml'),
        line: JSON.stringify(JSON.parse(of('json'))),
      };
    });
}

export const page = readFileSync(path.join(root, 'docs/simulators.md'), 'utf8');

/** The same with ports that are free now, wherever they stand. */
export async function atFreePorts(section: Section): Promise<Section & { readonly webhooksPort: number }> {
  const whole = `${section.args.join(' ')}\n${section.config}`;
  const named = new Set(['9703', ...Array.from(whole.matchAll(/127\.0\.0\.1:(\d+)/gu), ([, port = '']) => port)]);
  const free = new Map<string, string>();
  for (const port of named) free.set(port, String(await freePort()));
  const replaced = (text: string): string => text.replaceAll(/\b\d{4}\b/gu, (port) => free.get(port) ?? port);
  return {
    ...section,
    args: section.args.map(replaced),
    config: replaced(section.config),
    webhooksPort: Number(free.get('9703')),
  };
}

const tree = z.record(z.string(), z.unknown());
const parts = z.looseObject({ connectors: z.array(tree), lines: z.array(tree).optional() });

/** The page's part in a config that is otherwise the example's; on one of config/examples where the page says so. */
export function writeConfig({ name, config }: Section, given: { example: string; file: string }): void {
  const part = parts.parse(parse(config));
  const shipped = new RegExp(`\\]\\(\\.\\./(config/examples/${name}\\.yaml)\\)`, 'u').exec(page)?.[1];
  const whole = shipped === undefined ? part : changed(parts.parse(parse(read(shipped))), part);
  writeFileSync(given.file, stringify({ ...tree.parse(parse(given.example)), ...whole }));
}

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

type Parts = z.output<typeof parts>;

function changed(shipped: Parts, part: Parts): Parts {
  const [connector] = part.connectors;
  return { ...shipped, ...part, connectors: shipped.connectors.map((one) => ({ ...one, ...connector })) };
}
