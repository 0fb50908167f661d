/** The vectors of stdnum's own tests: the strings that its spec files give to `validate`, and what they expect of it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface Vector {
  readonly text: string;
  readonly valid: boolean;
}

const root = dirname(createRequire(import.meta.url).resolve('stdnum/package.json'));

/** `ru/inn` and the like. A validator without a spec file has none. */
export function vectorsOf(validator: string): readonly Vector[] {
  const file = join(root, 'src', `${validator}.spec.ts`);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const vectors: Vector[] = [];
  const visit = (node: ts.Node): void => {
    const vector = vectorOf(node);
    if (vector === undefined) ts.forEachChild(node, visit);
    else vectors.push(...vector);
  };
  visit(source);
  return vectors;
}

/** `it('validate:…', () => { const result = validate('…'); expect(…) })`, or `test.each([…])('isValid', …)`. */
function vectorOf(node: ts.Node): readonly Vector[] | undefined {
  if (!ts.isCallExpression(node)) return undefined;
  const body = node.getText();
  if (ts.isIdentifier(node.expression) && ['it', 'test'].includes(node.expression.text)) {
    const text = validated(node);
    if (text === undefined) return undefined;
    return [{ text, valid: !/error|toEqual\(false\)|toBe\(false\)/.test(body) }];
  }
  if (!ts.isCallExpression(node.expression) || !/^(?:test|it)\.each$/.test(node.expression.expression.getText()))
    return undefined;
  const [rows] = node.expression.arguments;
  if (rows === undefined || !ts.isArrayLiteralExpression(rows) || !body.includes('isValid).toEqual(true)'))
    return undefined;
  return rows.elements.filter(ts.isStringLiteral).map((row) => ({ text: row.text, valid: true }));
}

function validated(node: ts.Node): string | undefined {
  let text: string | undefined;
  const visit = (inner: ts.Node): void => {
    if (ts.isCallExpression(inner) && inner.expression.getText() === 'validate') {
      const [argument] = inner.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) text = argument.text;
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return text;
}
