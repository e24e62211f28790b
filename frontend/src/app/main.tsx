/** Where the app begins. */

import { render } from "preact";

import "dojang:typeface";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/components.css";
import "../styles/screens.css";
import { App } from "./App.tsx";
import { Root } from "./Root.tsx";
import { chooseVault } from "../vault/choose.ts";
import { awaitInstallOffer } from "./device/installing.ts";
import { early } from "./early.ts";
import "../offline.ts";
import { findSession, openServices } from "./services.ts";

/** A screen drawn once, with all that is known, is calmer and sooner than one drawn three times; but nobody waits long for it. */
const PATIENCE_MS = 1_000;

awaitInstallOffer();
const services = openServices({ storage: localStorage, vault: chooseVault(document), fetch: early.fetch });
const known = [services.authority.hear(), ...(services.session.standing.state === "unknown" ? [findSession(services)] : [])];
await early.words;
await Promise.race([Promise.allSettled(known), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
const place = document.getElementById("app")!;
place.replaceChildren(); // what stood there until now
render(
  <App services={services}>
    <Root />
  </App>,
  place,
);
