/** Keys by the prefix that their provider gives them, so that they are known at sight: prefix, then length and alphabet. */
import type { Confidence } from '../../rule.ts';

export interface ProviderKey {
  /** Each with its capitals; what follows is matched by `rest`. */
  readonly prefixes: readonly string[];
  /** Sticky: right behind the prefix. */
  readonly rest: RegExp;
  readonly confidence: Confidence;
}

/** A prefix, a length and an alphabet that nothing else has say more than a check digit does. */
const certain: Confidence = 0.85;
/** Keys of test environments, and hexadecimal ones behind two letters. */
const likely: Confidence = 0.5;

export const providerKeys: readonly ProviderKey[] = [
  // AWS IAM, "Understanding unique ID prefixes": long-term and temporary access keys, bearer tokens, certificates.
  {
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    rest: /[A-Z2-7]{16}(?![\w/+])|[A-Z\d]{16}(?![\w/+])/y,
    confidence: certain,
  },
  { prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], rest: /[A-Za-z\d]{36}(?!\w)/y, confidence: certain },
  { prefixes: ['github_pat_'], rest: /[A-Za-z\d]{22}_[A-Za-z\d]{59}(?!\w)/y, confidence: certain },
  { prefixes: ['glpat-', 'gldt-', 'glrt-', 'glptt-'], rest: /[\w-]{20,64}(?!\w)/y, confidence: certain },
  {
    prefixes: ['xoxa-', 'xoxb-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    rest: /[A-Za-z\d-]{20,160}(?!\w)/y,
    confidence: certain,
  },
  { prefixes: ['sk_live_', 'rk_live_', 'whsec_'], rest: /[A-Za-z\d]{16,247}(?!\w)/y, confidence: certain },
  { prefixes: ['sk_test_', 'rk_test_'], rest: /[A-Za-z\d]{16,247}(?!\w)/y, confidence: likely },
  { prefixes: ['AIza'], rest: /[\w-]{35}(?![\w-])/y, confidence: certain },
  { prefixes: ['ya29.'], rest: /[\w-]{30,256}/y, confidence: certain },
  { prefixes: ['sk-ant-'], rest: /[\w-]{24,160}(?!\w)/y, confidence: certain },
  { prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], rest: /[\w-]{32,200}(?!\w)/y, confidence: certain },
  { prefixes: ['sk-'], rest: /[A-Za-z\d]{48}(?!\w)/y, confidence: certain },
  { prefixes: ['SG.'], rest: /[\w-]{22}\.[\w-]{43}(?![\w-])/y, confidence: certain },
  { prefixes: ['SK'], rest: /[\da-f]{32}(?!\w)/y, confidence: likely },
  { prefixes: ['npm_'], rest: /[A-Za-z\d]{36}(?!\w)/y, confidence: certain },
  { prefixes: ['pypi-'], rest: /AgEIcHlwaS5vcmc[\w-]{50,200}/y, confidence: certain },
  { prefixes: ['hf_'], rest: /[A-Za-z]{34}(?!\w)/y, confidence: certain },
  { prefixes: ['dop_v1_', 'doo_v1_'], rest: /[\da-f]{64}(?!\w)/y, confidence: certain },
  { prefixes: ['shpat_', 'shpss_', 'shpca_'], rest: /[\da-fA-F]{32}(?!\w)/y, confidence: certain },
  { prefixes: ['AccountKey=', 'SharedAccessKey='], rest: /[A-Za-z\d+/]{43,86}={1,2}/y, confidence: certain },
  {
    prefixes: ['-----BEGIN '],
    rest: /(?:RSA |EC |DSA |OPENSSH |PGP |ENCRYPTED )?PRIVATE KEY(?: BLOCK)?-----/y,
    confidence: certain,
  },
];
