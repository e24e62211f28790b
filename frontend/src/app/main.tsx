/** Where the browser begins. */

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

awaitInstallOffer();
render(
  <App storage={localStorage} vault={chooseVault(document)}>
    <Root />
  </App>,
  document.getElementById("app")!,
);
