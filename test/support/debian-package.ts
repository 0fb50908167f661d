/** A peer that Debian packages: installed when it is missing and we may, otherwise told with what to do. */
import { execFileSync } from 'node:child_process';

export function works(command: string, args: readonly string[]): boolean {
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync(command, args, { stdio: 'ignore', env });
    return true;
  } catch {
    return false;
  }
}

/** @returns why `name` is not there after all, or undefined when `there` finds it. */
export function missingPackage(name: string, there: () => boolean): string | undefined {
  if (there()) return undefined;
  if (process.getuid?.() !== 0) return `it is not installed: run "apt-get install ${name}" as root`;
  const install = ['install', '-y', '--no-install-recommends', name];
  if (!works('apt-get', install)) {
    works('apt-get', ['update']);
    works('apt-get', install);
  }
  return there() ? undefined : `apt-get could not install ${name}: install it by hand`;
}
