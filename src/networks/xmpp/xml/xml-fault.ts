/** Why a stream can't be read on: `condition` as RFC 6120, 4.9.3 names it. */
export class XmlFault extends Error {
  override name = 'XmlFault';
  readonly condition: 'not-well-formed' | 'restricted-xml' | 'policy-violation' | 'bad-namespace-prefix';

  constructor(condition: XmlFault['condition'], detail: string) {
    super(detail);
    this.condition = condition;
  }
}
