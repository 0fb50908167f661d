/** The built-in retention classes: a line or `retention.default` names one. */
export const retentionPresets: readonly string[] = [
  'us-sec-3y',
  'us-finra-6y',
  'us-cftc-5y',
  'us-ia-204-2-5y',
  'eu-mifid-5y',
  'eu-mifid-7y',
  'uk-sysc10a-5y',
  'us-hipaa-6y',
  'us-tcpa-consent-5y',
  'short-30d',
  'transient-0',
];
