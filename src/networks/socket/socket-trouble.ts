/** Why there is no connection to a peer, or no longer one, in words for the health page: what is wrong, what to do. */
interface Peer {
  readonly host: string;
  readonly port: number;
  readonly hint?: string;
}

type Words = (where: string, peer: Peer) => string;

const unknownAuthority: Words = (where) =>
  `the certificate of ${where} is signed by an authority that is not known here: put that authority in tls.ca`;
const ourCertificate: Words = (where) =>
  `${where} does not accept our certificate, or asks for one: check tls.cert and tls.key`;
const noTls: Words = (where) => `${where} does not speak TLS: check port, or take tls out`;

/** By the codes of Node's net and tls. */
const reasons: ReadonlyMap<string, Words> = new Map<string, Words>([
  [
    'ECONNREFUSED',
    (where, { hint }) => `nothing listens on ${where}: check host and port${hint === undefined ? '' : `, ${hint}`}`,
  ],
  ['ECONNRESET', (where) => `${where} broke the connection off`],
  ['ENOTFOUND', (_where, { host }) => `the name ${host} is not known: check host`],
  ['EAI_AGAIN', (_where, { host }) => `the name ${host} can't be looked up at the moment: check the name server`],
  ['ETIMEDOUT', (where) => `${where} did not answer`],
  ['EHOSTUNREACH', (where) => `there is no way to ${where}: check the network and the firewall`],
  ['ENETUNREACH', (where) => `there is no way to ${where}: check the network and the firewall`],
  ['ERR_TLS_CERT_ALTNAME_INVALID', (where) => `the certificate of ${where} is for another name: check tls.serverName`],
  ['CERT_HAS_EXPIRED', (where) => `the certificate of ${where} has expired: it has to be renewed there`],
  ['CERT_NOT_YET_VALID', (where) => `the certificate of ${where} is not valid yet: check the clock of this machine`],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', (where) => `the certificate of ${where} is self-signed: put it in tls.ca`],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', ourCertificate],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', ourCertificate],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', ourCertificate],
  ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', ourCertificate],
  ['ERR_SSL_WRONG_VERSION_NUMBER', noTls],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', noTls],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', (where) => `${where} speaks only a TLS older than 1.2: not safe`],
]);

export function socketTrouble(peer: Peer, error: Error): string {
  const where = `${peer.host}:${String(peer.port)}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return reasons.get(code)?.(where, peer) ?? `no connection to ${where} (${code})`;
}
