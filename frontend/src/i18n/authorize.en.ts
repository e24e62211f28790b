/** Words of signing in at other sites. Spread into `en.ts`. */

export const authorize = {
  authorize: {
    title: "Sign in to another site",
    titleOf: (party: string) => `Sign in to ${party}?`,
    lead: (host: string) => `${host} asks you to sign in with your certificate.`,
    party: "Site",
    address: "Takes you back to",
    learns: "Learns",
    until: "Until",
    scope: { openid: "a number for you that only this site has", profile: "your name", certificate: "the certificate's serial number and end (the site may send you encrypted letters)" },
    care: "Sign only if you pressed sign-in on that site just now. If somebody on the telephone tells you to, stop.",
    signIn: "Sign and go on",
    decline: "Do not sign in",
    back: (party: string) => `Back to ${party}`,
    refusedTitle: "This sign-in request is wrong",
    refused: "What the site sent differs from what is registered, so we stopped. Go back to the site and try again; if it goes on, tell them.",
  },
};
