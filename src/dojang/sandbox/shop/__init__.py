"""견본 상점: a small site that relies on the office's certificates, as anybody's site would; read it as the tutorial.

It knows the office by its public interface alone and trusts it no further than a relying party should: identity tokens,
certificates, signed documents and statements are verified here, against the root it was given at registration. Read:

1. `registration`  what an officer gives a site: client id, secrets, the root
2. `sign_in`       OpenID Connect: off to the office, and back with somebody's identity
3. `contract`      a PDF to be signed; `signatures` asks for the signature, `signed_pdf` verifies what comes back
4. `letter`        an encrypted letter that only the customer can open
5. `events`        webhooks, and knowing a customer again who has renewed or replaced their certificate
6. `app`, `pages`  the web site around it; `ledger` is what it remembers
"""
