// A relying party with a certified client library (openid-client): `start` prints where to send the customer and what
// to remember; `finish` takes the address the customer came back to. Both talk to the office over HTTP.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [step, modules, given] = process.argv.slice(2);
const client = await import(pathToFileURL(createRequire(`${modules}/`).resolve("openid-client")).href);
const { issuer, clientId, secret, redirectUri, skew, scope, kept, cameBackTo } = JSON.parse(given);

const party = await client.discovery(
  new URL(issuer),
  clientId,
  { client_secret: secret, id_token_signed_response_alg: "ES256", [client.clockSkew]: skew },
  client.ClientSecretBasic(secret),
  { execute: [client.allowInsecureRequests] },
);

if (step === "start") {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const address = client.buildAuthorizationUrl(party, {
    redirect_uri: redirectUri,
    scope,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  console.log(JSON.stringify({ address: address.href, kept: { verifier, state, nonce } }));
} else {
  const tokens = await client.authorizationCodeGrant(party, new URL(cameBackTo), {
    pkceCodeVerifier: kept.verifier,
    expectedState: kept.state,
    expectedNonce: kept.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  const info = await client.fetchUserInfo(party, tokens.access_token, claims.sub);
  console.log(JSON.stringify({ claims, info }));
}
