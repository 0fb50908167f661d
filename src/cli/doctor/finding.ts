/** One line of `doctor`. */
export interface Finding {
  readonly id: string;
  readonly ok: boolean;
  /** `info` is fine, `warn` works but should be known, `error` must be mended. */
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  /** What to do; empty where there is nothing to do. */
  readonly fix: string;
}

export function fine(id: string, message: string): Finding {
  return { id, ok: true, level: 'info', message, fix: '' };
}

export function warning(id: string, message: string, fix = ''): Finding {
  return { id, ok: false, level: 'warn', message, fix };
}

export function broken(id: string, message: string, fix: string): Finding {
  return { id, ok: false, level: 'error', message, fix };
}

const marks: Readonly<Record<Finding['level'], string>> = { info: '✓', warn: '!', error: '✗' };

/** As people read it: a line, and under it what to do. */
export function findingText(finding: Finding): string {
  const fix = finding.fix === '' ? '' : `\n    → ${finding.fix}`;
  return `${marks[finding.level]} ${finding.message}${fix}`;
}
