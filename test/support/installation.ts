/** A folder with an example config and its secrets, as an admin has it. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exampleConfig, exampleHead } from '../../src/config/example.ts';
import { renderConfig } from '../../src/config/render.ts';
import type { ConnectorTypes } from '../../src/config/config.ts';
import { smpp } from '../../src/networks/smpp/smpp.ts';

export const SECRET_WORD = 'hunter22';
export const CONFIG = 'config/gatehouse.yaml';
export const types: ConnectorTypes = new Map([['smpp', smpp]]);

export interface Installation extends Disposable {
  readonly cwd: string;
  /** The example config as text. */
  readonly example: string;
  write(file: string, content: string | Uint8Array, mode?: number): void;
}

export function newInstallation(): Installation {
  const cwd = mkdtempSync(join(tmpdir(), 'gatehouse-config-'));
  const write = (file: string, content: string | Uint8Array, mode = 0o600): void => {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, file), content);
    chmodSync(join(cwd, file), mode);
  };
  const secrets = ['admin-token', 'bridge-as-token', 'bridge-hs-token', 'archive-as-token', 'archive-hs-token', 'smpp'];
  for (const name of secrets) write(`secrets/${name}`, `${SECRET_WORD}\n`);
  write('secrets/master.key', new Uint8Array(32).fill(7));
  const example = renderConfig(exampleConfig, exampleHead);
  write(CONFIG, example, 0o644);
  return {
    cwd,
    example,
    write,
    [Symbol.dispose]: () => {
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}
