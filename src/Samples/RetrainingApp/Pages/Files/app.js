import { asked, at, begin, element, percent, send } from './page.js';
import { show } from './task.js';

let revision = -1;
let lists = 0;
let serving = null; // the version in service

async function ask(file) {
  await show(await send('POST', `images?name=${encodeURIComponent(file.name)}`, file, 'application/octet-stream'));
}

async function askAgain(image) {
  await show({ ...image, prediction: serving === null ? null : await predict(image) });
}

// What can't be predicted can still be labelled.
async function predict(image) {
  const file = await (await fetch(`images/${image.id}`)).blob();
  return send('POST', 'predictions', file, 'application/octet-stream').catch(() => null);
}

function drawVersion(version, inService) {
  const row = element('tr', undefined, { className: version.id === inService ? 'serves' : '' });
  const service = element('td');
  if (version.id === inService) {
    service.append(element('strong', 'in service'));
  } else if (version.removed) {
    service.append('files deleted');
  } else {
    const known = version.proven || version.served;
    const button = element('button', version.served ? 'Go back to it' : known ? 'Put into service' : 'Put into service anyway', { type: 'button' });
    button.setAttribute('aria-label', `${button.textContent}: version ${version.id}`);
    button.addEventListener('click', asked(() => send('PUT', 'service', JSON.stringify({ version: version.id, anyway: !known }))));
    service.append(button);
  }
  row.append(
    element('th', String(version.id), { scope: 'row' }), element('td', new Date(version.made).toLocaleString()), element('td', `${version.trainedOn} images`),
    element('td', version.score === null ? 'not measured' : `${percent(version.score)} of ${version.heldOut}`), element('td', version.verdict), service);
  return row;
}

function drawImage(image) {
  const item = element('li');
  const button = element('button', undefined, { type: 'button' });
  const said = image.label ? image.label + (image.heldOut ? ' (held out)' : '') : image.predicted ? `${image.predicted}?` : 'no label';
  button.append(element('img', undefined, { src: `images/${image.id}`, alt: image.name, loading: 'lazy' }), element('span', said));
  button.addEventListener('click', asked(() => askAgain(image)));
  item.append(button);
  return item;
}

async function list() {
  const mine = ++lists;
  const state = await (await fetch('state')).json();
  // An answer may be overtaken by a later one.
  if (mine !== lists)
    return;
  serving = state.service;
  const { images, labelled, heldOut } = state.counts;
  at('summary').textContent = `${images} images, ${labelled} of them labelled, ${heldOut} of those held out to compare models on. `
    + (state.service ? `Version ${state.service} is in service.` : 'No model is in service yet.');
  at('classes').replaceChildren(...state.classes.map(name => element('option', undefined, { value: name })));
  at('versions').replaceChildren(...state.versions.map(version => drawVersion(version, state.service)));
  at('images').replaceChildren(...state.images.map(drawImage));
  if (state.progress.state === 'idle' && !state.progress.message && state.run)
    at('course').textContent = state.run.message ?? '';
}

function follow() {
  const events = new EventSource('events');
  events.addEventListener('progress', event => {
    const progress = JSON.parse(event.data);
    const busy = progress.state !== 'idle';
    at('bar').value = progress.share;
    at('course').textContent = progress.message;
    at('start').disabled = busy;
    at('cancel').disabled = progress.state !== 'running';
    if (progress.revision !== revision) {
      revision = progress.revision;
      list();
    }
  });
}

at('file').addEventListener('change', asked(() => at('file').files.length ? ask(at('file').files[0]) : undefined));
at('drop').addEventListener('dragover', event => { event.preventDefault(); at('drop').classList.add('over'); });
at('drop').addEventListener('dragleave', () => at('drop').classList.remove('over'));
at('drop').addEventListener('drop', asked(event => {
  at('drop').classList.remove('over');
  return event.dataTransfer.files.length ? ask(event.dataTransfer.files[0]) : undefined;
}));
at('retrain').addEventListener('submit', asked(() => send('POST', 'runs', JSON.stringify({ promote: at('promote').checked }))));
at('cancel').addEventListener('click', asked(() => send('DELETE', 'runs/current')));

await begin();
follow();
