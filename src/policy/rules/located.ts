/** Puts the engine's problems, which know rules but no files, to where those rules are written. */
import { parseWritten } from '../../config/written.ts';
import { isJsonObject } from '../../core/json.ts';
import type { RuleProblem } from '../rule-problem.ts';
import { fileAt, type PolicyFile } from './policy-file.ts';

/** The files are read again for it: that is done only when something is wrong. */
export function located(problems: readonly RuleProblem[], files: readonly PolicyFile[]): readonly RuleProblem[] {
  const places = files.flatMap((file) => (file.is === 'rules' ? placesIn(file) : []));
  return problems.map((problem) => {
    const [, id, ...inside] = problem.path.split('.');
    const place = problem.path.startsWith('rules.') ? places.find((one) => one.id === id) : undefined;
    return place === undefined ? problem : { ...problem, file: place.fileAt(inside.map(keyOf)) };
  });
}

interface Place {
  readonly id: string;
  readonly fileAt: (inside: readonly PropertyKey[]) => string;
}

function placesIn({ name, text }: PolicyFile): readonly Place[] {
  const written = parseWritten(text, '');
  if (!written.ok || !isJsonObject(written.value.value)) return [];
  const { value, lineOf } = written.value;
  const rules: unknown = value['rules'];
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: unknown, i) => {
    const id = isJsonObject(rule) ? rule['id'] : undefined;
    return typeof id === 'string' ? [{ id, fileAt: (inside) => fileAt(name, lineOf(['rules', i, ...inside])) }] : [];
  });
}

/** `when.any.0.pattern`: the item of a list stands as its number. */
function keyOf(part: string): PropertyKey {
  return /^\d+$/u.test(part) ? Number(part) : part;
}
