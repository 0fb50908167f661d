/** Connectors of third parties: npm packages whose default export is a connector (docs/connectors.md). */
import { pathToFileURL } from 'node:url';
import { err, ok, type Result } from '../core/result.ts';
import { adopt } from './adopt.ts';
import type { AnyConnectorModule } from './contract.ts';
import { isPath, packageEntry } from './package-entry.ts';

/** Why a package can't be used, and what to do. */
export interface PackageFault {
  readonly why: 'not-installed' | 'broken';
  readonly message: string;
  readonly fix: string;
}

/** Runs the package's code. @param cwd below which it is looked for first */
export async function loadPackaged(name: string, cwd: string): Promise<Result<AnyConnectorModule, PackageFault>> {
  const entry = packageEntry(name, cwd);
  if (!entry.ok) return err(entry.error === undefined ? notInstalled(name) : broken(entry.error));
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(entry.value).href);
  } catch (error) {
    return err(broken(`${name} fails when it is loaded: ${error instanceof Error ? error.message : String(error)}`));
  }
  if (typeof loaded !== 'object' || loaded === null || !('default' in loaded)) {
    return err(broken(`${name} has no default export`));
  }
  const module = adopt(loaded.default);
  return module.ok ? ok(module.value) : err(broken(`${name} can't be used: ${module.error}`));
}

function notInstalled(name: string): PackageFault {
  const what = isPath(name) ? 'file' : 'package';
  const fix = isPath(name) ? 'correct the path: it begins at the working directory' : `npm install ${name}`;
  return { why: 'not-installed', message: `no ${what} ${name} is there`, fix };
}

function broken(message: string): PackageFault {
  return { why: 'broken', message, fix: 'ask whoever made it, or take another version' };
}
