/** Where the browser begins. */

import { render } from "preact";

import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/components.css";
import { App } from "./App.tsx";
import { Welcome } from "./Welcome.tsx";

render(
  <App storage={localStorage}>
    <Welcome />
  </App>,
  document.getElementById("app")!,
);
