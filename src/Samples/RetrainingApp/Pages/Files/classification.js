// A class for the whole image.
import { asked, at, element, percent, send } from './page.js';

let shown = null;

export async function show(image) {
  shown = image.id;
  at('answer').hidden = false;
  at('picture').src = `images/${image.id}`;
  const prediction = image.prediction;
  at('said').textContent = prediction ? `${prediction.label}, says version ${prediction.version}` : 'There is no model yet: label some images and retrain.';
  at('scores').replaceChildren(...(prediction?.scores ?? []).toSorted((a, b) => b.score - a.score).map(score => {
    const row = element('tr');
    const bar = element('meter', undefined, { min: 0, max: 1, value: score.score });
    bar.setAttribute('aria-label', score.label);
    const cell = element('td');
    cell.append(bar);
    row.append(element('th', score.label, { scope: 'row' }), cell, element('td', percent(score.score)));
    return row;
  }));
  at('label').value = image.label ?? prediction?.label ?? '';
}

at('correct').addEventListener('submit', asked(async () => {
  await send('PUT', `images/${shown}/label`, JSON.stringify({ label: at('label').value }));
  at('said').textContent = `Kept as ${at('label').value}.`;
}));
