/** The shipped example configs of the connector type `http`, with a test's own addresses and secrets in them. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const settings = z.record(z.string(), z.json());
const example = z.strictObject({
  connectors: z.array(z.looseObject({ id: z.string(), type: z.literal('http') })).length(1),
  lines: z.array(z.looseObject({ address: z.string() })).length(1),
});

export interface HttpExample {
  /** What the connector's schema parses. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly address: string;
}

export function httpExample(
  name: 'line' | 'messenger',
  given: { readonly secrets: Readonly<Record<string, string>>; readonly origins: Readonly<Record<string, string>> },
): HttpExample {
  const read = example.parse(parse(readFileSync(`config/examples/${name}.yaml`, 'utf8')));
  const [connector] = read.connectors;
  const [line] = read.lines;
  const rest = Object.fromEntries(
    Object.entries(settings.parse(connector)).filter(([key]) => key !== 'id' && key !== 'type'),
  );
  expectNames(rest['secrets'], given.secrets);
  let text = JSON.stringify({ ...rest, secrets: given.secrets });
  for (const [real, simulated] of Object.entries(given.origins)) text = text.replaceAll(real, simulated);
  return { settings: settings.parse(JSON.parse(text)), address: line?.address ?? '' };
}

/** The example names exactly the secrets that the test knows, each as a file. */
function expectNames(written: unknown, known: Readonly<Record<string, string>>): void {
  const names = Object.keys(z.record(z.string(), z.strictObject({ file: z.string() })).parse(written));
  if (names.sort().join() !== Object.keys(known).sort().join()) throw new Error(`other secrets: ${names.join()}`);
}
