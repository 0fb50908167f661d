/** What is made from the source: JSON schemas, an example, sample registrations, the lists of metrics and networks. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { exampleConfig, exampleHead } from '../config/example.ts';
import { configJsonSchema } from '../config/json-schema.ts';
import { renderConfig } from '../config/render.ts';
import { must, parseNetworkId } from '../core/ids.ts';
import { ruleFileJsonSchema } from '../policy/rules/rule-schema.ts';
import { networkDocs } from '../networks/network-docs.ts';
import { connectorTypes, loadConnector } from '../networks/registry.ts';
import { metricDocs } from '../telemetry/metric-docs.ts';
import { sampleRegistrations } from './registration-files.ts';
import { PUBLIC_MODE, writeWholeFile } from './write-file.ts';

export interface Generated {
  readonly name: string;
  readonly text: string;
}

const loaded = await Promise.all(connectorTypes.map((type) => loadConnector({ type })));
/** By their names, whichever was written first. */
const connectors = loaded
  .flatMap((module) => (module.ok ? [module.value] : []))
  .sort((a, b) => (a.type < b.type ? -1 : 1));

/** Every generated file, by its path in the repository. */
export function generatedFiles(): readonly Generated[] {
  const sms = must(parseNetworkId('sms'));
  return [
    { name: 'config/config.schema.json', text: `${JSON.stringify(configJsonSchema(), undefined, 2)}\n` },
    { name: 'config/policy.schema.json', text: `${JSON.stringify(ruleFileJsonSchema(), undefined, 2)}\n` },
    { name: 'config/gatehouse.example.yaml', text: renderConfig(exampleConfig, exampleHead) },
    { name: 'docs/metrics.md', text: metricDocs() },
    { name: 'docs/networks.md', text: networkDocs(connectors) },
    ...sampleRegistrations([sms]),
  ];
}

/** Names of files that differ from what the source makes. */
export function staleFiles(root: string): readonly string[] {
  return generatedFiles()
    .filter(({ name, text }) => {
      const path = resolve(root, name);
      return !existsSync(path) || readFileSync(path, 'utf8') !== text;
    })
    .map(({ name }) => name);
}

export function writeGenerated(root: string): void {
  for (const { name, text } of generatedFiles()) writeWholeFile(resolve(root, name), text, PUBLIC_MODE);
}
