/**
 * The service worker: keeps the app's shell (page, scripts, styles, icons), so that it opens without a connection and says
 * so. It never sees an answer of the office: whatever is not named in shell.json passes it by. The build appends its own
 * hash to this file, which is how a browser notices a new build.
 */
"use strict";

const KEPT = "dojang-shell-";

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/") || pathname.startsWith("/icons/")) event.respondWith(file(request));
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openNotices());
});

/** Shows what the office sent: a title and one line, as plain text. The same notice shown again replaces itself. */
async function show(data) {
  const { title, body, tag } = read(data);
  await self.registration.showNotification(title, { body, tag, icon: "/icons/icon-192.png", badge: "/icons/icon-32.png" });
}

/** A browser that is told something must show something: what cannot be read is shown as a notice without words. */
function read(data) {
  try {
    const { title, body, tag } = data.json();
    return { title: text(title, 80) || "도장", body: text(body, 200), tag: text(tag, 64) };
  } catch {
    return { title: "도장", body: "", tag: "notice" };
  }
}

function text(value, longest) {
  return typeof value === "string" ? value.slice(0, longest) : "";
}

async function openNotices() {
  const open = await self.clients.matchAll({ type: "window" });
  if (open.length) await open[0].focus();
  else await self.clients.openWindow("/notices");
}

async function install() {
  const answer = await fetch("/shell.json", { cache: "no-store" });
  if (!answer.ok) throw new Error("no shell");
  const { version, files } = await answer.json();
  const cache = await caches.open(KEPT + version);
  await cache.addAll(files.map((address) => new Request(address, { cache: "no-cache" })));
  await self.skipWaiting();
}

/** Forgets the shells before the newest: files are named by their content, an open page keeps what it has loaded. */
async function activate() {
  const names = (await caches.keys()).filter((name) => name.startsWith(KEPT));
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The page as the office serves it now; the kept one only when the office cannot be reached. */
async function page(request) {
  try {
    return await fetch(request);
  } catch (lost) {
    const kept = await caches.match("/");
    if (kept) return kept;
    throw lost;
  }
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
