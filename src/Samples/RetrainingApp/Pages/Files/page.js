// What the page's scripts share.
export const at = id => document.getElementById(id);
export const percent = share => (100 * share).toFixed(1) + ' %';
let token = '';

export const begin = async () => { token = (await (await fetch('token')).json()).token; };

export async function send(method, path, body, type) {
  const response = await fetch(path, { method, body, headers: { 'X-CSRF-Token': token, 'Content-Type': type ?? 'application/json' } });
  const text = await response.text();
  const said = text ? JSON.parse(text) : null;
  if (!response.ok)
    throw new Error(said?.reason ?? `The server answered ${response.status}.`);
  return said;
}

export function element(name, text, properties) {
  const made = Object.assign(document.createElement(name), properties);
  if (text !== undefined)
    made.textContent = text;
  return made;
}

// Whatever a person asks for: its fault is shown, and a further one takes its place.
export function asked(work) {
  return async event => {
    event?.preventDefault();
    at('fault').textContent = '';
    try {
      await work(event);
    } catch (error) {
      at('fault').textContent = error.message;
    }
  };
}
