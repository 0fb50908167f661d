/** Stands in each redaction that a rule wanted, and is read by whoever looks at it. */
export const RULE_REASON = 'A company rule';
