let oldest;
let newest;

export function initialize(data) {
  [oldest, newest] = data.split(' ');
}

export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.endsWith('/packages/transport/dist/wire-version.js')) return loaded;
  const source = String(loaded.source)
    .replace(/OLDEST_WIRE_VERSION = \d+/, `OLDEST_WIRE_VERSION = ${oldest}`)
    .replace(/ WIRE_VERSION = \d+/, ` WIRE_VERSION = ${newest}`);
  return { ...loaded, source };
}
