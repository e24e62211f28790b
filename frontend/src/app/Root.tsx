/** Which screen stands at which address. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { useApp, useAuthority } from "./App.tsx";
import { later } from "./Later.tsx";
import { Corner, Help, Screen } from "./Screen.tsx";
import { SessionGuard } from "./SessionGuard.tsx";
import { Home } from "./home/Home.tsx";
import { followLinks, go, partsOf, usePath } from "./route.ts";
import { Button, CornerContext, HelpContext, Notice, useWords } from "./ui/index.ts";

const Apply = later(async () => (await import("./apply/Apply.tsx")).Apply);
const Journey = later(async () => (await import("./steps/Journey.tsx")).Journey);
const Authorize = later(async () => (await import("./authorize/Authorize.tsx")).Authorize);
const SignStart = later(async () => (await import("./sign/Start.tsx")).Start);
const Sign = later(async () => (await import("./sign/Sign.tsx")).Sign);
const AuthorizeRefused = later(async () => (await import("./authorize/Authorize.tsx")).AuthorizeRefused);
const Use = later(async () => (await import("./use/Use.tsx")).Use);
const OpenLetter = later(async () => (await import("./letter/OpenLetter.tsx")).OpenLetter);
const Backup = later(async () => (await import("./use/Backup.tsx")).Backup);
const End = later(async () => (await import("./home/End.tsx")).End);
const Lock = later(async () => (await import("./lock/Lock.tsx")).Lock);
const Suspend = later(async () => (await import("./hold/Suspend.tsx")).Suspend);
const Resume = later(async () => (await import("./hold/Resume.tsx")).Resume);
const Renew = later(async () => (await import("./renew/Renew.tsx")).Renew);
const Move = later(async () => (await import("./move/Move.tsx")).Move);
const Devices = later(async () => (await import("./devices/Devices.tsx")).Devices);
const ChangePassword = later(async () => (await import("./password/ChangePassword.tsx")).ChangePassword);
const Settings = later(async () => (await import("./home/Settings.tsx")).Settings);
const Phone = later(async () => (await import("./handoff/Phone.tsx")).Phone);
const Security = later(async () => (await import("./security/Security.tsx")).Security);
const Opening = later(async () => (await import("./security/Opening.tsx")).Opening);
const Tickets = later(async () => (await import("./support/Tickets.tsx")).Tickets);
const Ticket = later(async () => (await import("./support/Ticket.tsx")).Ticket);
const Status = later(async () => (await import("./status/Status.tsx")).Status);
const Notices = later(async () => (await import("./notify/Notices.tsx")).Notices);
const NoticeSettings = later(async () => (await import("./notify/NoticeSettings.tsx")).NoticeSettings);
const Off = later(async () => (await import("./notify/Off.tsx")).Off);
const Companion = later(async () => (await import("./sandbox/Companion.tsx")).Companion, {
  meanwhile: <div class="companion companion--coming" />, // its place: nothing moves when it comes
});

export function Root() {
  const path = usePath();
  const authority = useAuthority();
  const { preferences } = useApp();
  useEffect(() => {
    document.addEventListener("click", followLinks);
    return () => document.removeEventListener("click", followLinks);
  }, []);
  return (
    <CornerContext.Provider value={<Corner />}>
      <HelpContext.Provider value={preferences.easy ? <Help /> : undefined}>
        {authority?.environment === "sandbox" && <Companion />}
        {openTo(path) ?? (
          <SessionGuard>
            <Place path={path} />
          </SessionGuard>
        )}
      </HelpContext.Provider>
    </CornerContext.Provider>
  );
}

/** What anybody may see, signed in or not. */
function openTo(path: string): JSX.Element | undefined {
  if (path === "/settings") return <Settings />;
  if (path === "/support") return <Tickets />;
  if (path === "/status") return <Status />;
  if (path === "/letter") return <OpenLetter />;
  if (path === "/hand-off") return <Phone />;
  const [area, what, token] = partsOf(path);
  if (area === "notify" && what === "off" && token) return <Off token={token} />;
  const [first, second] = partsOf(path);
  if (first === "s" && second && partsOf(path).length === 2) return <SignStart key={second} requestId={second} />;
  if (first === "authorize" && second) return second === "refused" ? <AuthorizeRefused /> : <Authorize key={second} requestId={second} />;
  return undefined;
}

function Place({ path }: { path: string }) {
  const [first, second, third] = partsOf(path);
  switch (first) {
    case undefined:
      return <Home />;
    case "apply":
      if (second === "new" || second === "reissue") return <Apply key={second} kind={second} {...(third ? { serial: third } : {})} />;
      break;
    case "application":
      if (second) return <Journey key={second} applicationId={second} {...(third ? { asked: third } : {})} />;
      break;
    case "certificate":
      if (second && third === "end") return <End serial={second} />;
      if (second && third === "passkey") return <Opening serial={second} />;
      if (second && third === "suspend") return <Suspend serial={second} />;
      if (second && third === "resume") return <Resume serial={second} />;
      if (second && third === "password") return <ChangePassword serial={second} />;
      if (second && third === "backup") return <Backup serial={second} />;
      break;
    case "support":
      if (second) return <Ticket key={second} caseId={second} />;
      break;
    case "s":
      if (second && (third === "here" || third === "scanned")) return <Sign key={second} requestId={second} scanned={third === "scanned"} />;
      break;
    case "lock":
      return <Lock />;
    case "notices":
      return <Notices />;
    case "notify":
      return <NoticeSettings />;
    case "security":
      return <Security />;
    case "renew":
      if (second) return <Renew key={second} serial={second} />;
      break;
    case "use":
      return <Use {...(second ? { serial: second } : {})} />;
    case "move":
      return <Move key={second} {...(second ? { way: second } : {})} />;
    case "devices":
      return <Devices />;
  }
  return <Nowhere />;
}

function Nowhere() {
  const words = useWords();
  return (
    <Screen
      title={words.nowhere.title}
      actions={
        <Button kind="primary" wide onPress={() => go("/", { replace: true })}>
          {words.home.toHome}
        </Button>
      }
    >
      <Notice>
        <p>{words.nowhere.text}</p>
      </Notice>
    </Screen>
  );
}
