// Reading without a network is off (newsletter/settings.toml): whoever had it loses it here, with all that was kept.

const OWN = `${self.registration.scope}#`; // as in the worker that this one comes after

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(leave()));

async function leave() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith(OWN)).map(name => caches.delete(name)));
  await self.registration.unregister();
}
