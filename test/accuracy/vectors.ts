/** The package stdnum's own vectors: what its specs hand to `validate`, and whether that is to be valid. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import ts from 'typescript';

export interface Vector {
  /** `de/idnr`. */
  readonly of: string;
  readonly text: string;
  readonly valid: boolean;
}

/** At least 1 of each spec that has a plain call `validate('...')` and an `expect` behind it. */
export async function stdnumVectors(kinds: readonly string[]): Promise<readonly Vector[]> {
  const source = join(createRequire(import.meta.url).resolve('stdnum/package.json'), '..', 'src');
  const found: Vector[] = [];
  for (const of of kinds) {
    const [country = '', name = ''] = of.split('/');
    const folder = join(source, country);
    if (!(await readdir(folder)).includes(`${name}.spec.ts`)) throw new Error(`stdnum has no spec for ${of}`);
    found.push(...vectorsIn(of, await readFile(join(folder, `${name}.spec.ts`), 'utf8')));
  }
  return found;
}

/** Exported for its test. */
export function vectorsIn(of: string, spec: string): readonly Vector[] {
  const file = ts.createSourceFile('spec.ts', spec, ts.ScriptTarget.Latest, true);
  const found: Vector[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node)) {
      const valid = verdictOf(node.getText(file));
      if (valid !== undefined) found.push(...textsOf(node, file).map((text) => ({ of, text, valid })));
    } else {
      node.forEachChild(visit);
    }
  };
  visit(file);
  return found;
}

function isTest(node: ts.CallExpression): boolean {
  const name = node.expression.getText();
  return name === 'it' || name === 'test' || /^(?:it|test)\.each\(/u.test(name);
}

function verdictOf(body: string): boolean | undefined {
  if (!/\bvalidate\(/u.test(body)) return undefined;
  if (/result\.error\)\.toBeInstanceOf|isValid\)\.(?:toEqual|toBe)\(false\)/u.test(body)) return false;
  return /isValid(?: && result\.compact)?\)\.(?:toEqual|toBe)\(/u.test(body) ? true : undefined;
}

/** Of `validate('...')`, or of the table of `test.each([...])`. */
function textsOf(test: ts.CallExpression, file: ts.SourceFile): readonly string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(file) === 'validate') {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) texts.push(first.text);
    }
    if (ts.isCallExpression(node) && node.expression.getText(file).endsWith('.each')) {
      const [table] = node.arguments;
      if (table !== undefined && ts.isArrayLiteralExpression(table)) {
        texts.push(...table.elements.filter((one) => ts.isStringLiteralLike(one)).map((one) => one.text));
      }
    }
    node.forEachChild(visit);
  };
  visit(test);
  return [...new Set(texts)];
}
