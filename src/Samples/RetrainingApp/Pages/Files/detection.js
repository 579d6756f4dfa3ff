// Boxes around the objects of an image: shown, deleted, drawn, given classes, kept.
import { asked, at, element, percent, send } from './page.js';

const svgNames = 'http://www.w3.org/2000/svg';
const hues = 6;
const leastDrag = 3; // CSS pixels; less is a click
const lettering = 13; // likewise
const scene = at('scene');
let shown = null;
let boxes = [];
let usual = ''; // the class of the next box
let drag = null;

function svg(name, attributes, text) {
  const made = document.createElementNS(svgNames, name);
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, value);
  if (text !== undefined)
    made.textContent = text;
  return made;
}

// How many CSS pixels a pixel of the image has.
const scale = () => scene.getScreenCTM()?.a || 1;
const round = value => Math.round(10 * value) / 10;
const hue = label => [...label].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) % 9973, 7) % hues;

function drawBox(box, number) {
  const group = svg('g', { class: `box hue${hue(box.label)}${String(number) === at('boxes').dataset.active ? ' active' : ''}` });
  const size = lettering / scale();
  // Above the box, or inside where the image has no room above it.
  const y = box.y0 > 1.3 * size ? box.y0 - .3 * size : box.y0 + size;
  group.append(
    svg('rect', { x: box.x0, y: box.y0, width: box.x1 - box.x0, height: box.y1 - box.y0 }),
    svg('text', { x: box.x0 + .2 * size, y, 'font-size': size }, `${number + 1} ${box.label}${box.score === undefined ? '' : ` ${percent(box.score)}`}`));
  return group;
}

function draw() {
  if (!shown)
    return;
  // The surest, which come first, lie on top.
  scene.replaceChildren(scene.firstChild, ...boxes.map(drawBox).reverse());
  if (drag)
    scene.append(svg('rect', { class: 'drawing', ...edges(drag) }));
}

function edges({ from, to }) {
  return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) };
}

function rowOf(box, number) {
  const row = element('tr');
  const label = element('input', undefined, { value: box.label, required: true, maxLength: 64, autocomplete: 'off' });
  label.setAttribute('list', 'classes');
  label.setAttribute('aria-label', `Class of box ${number + 1}`);
  const sure = element('td', box.score === undefined ? 'by hand' : percent(box.score));
  label.addEventListener('input', () => {
    box.label = usual = label.value;
    delete box.score;
    sure.textContent = 'by hand';
    draw();
  });
  const remove = element('button', '×', { type: 'button', title: 'Delete' });
  remove.setAttribute('aria-label', `Delete box ${number + 1}`);
  remove.addEventListener('click', () => { boxes.splice(boxes.indexOf(box), 1); list(); });
  row.addEventListener('pointerenter', () => activate(number));
  row.addEventListener('pointerleave', () => activate());
  row.addEventListener('focusin', () => activate(number));
  const cell = element('td');
  cell.append(`${number + 1} `, label);
  const last = element('td');
  last.append(remove);
  row.append(cell, sure, element('td', [box.x0, box.y0, box.x1, box.y1].map(Math.round).join(' ')), last);
  return row;
}

function activate(number) {
  if (number === undefined)
    delete at('boxes').dataset.active;
  else
    at('boxes').dataset.active = number;
  draw();
}

function list() {
  delete at('boxes').dataset.active;
  at('boxes').replaceChildren(...boxes.map(rowOf));
  at('none').hidden = boxes.length > 0;
  draw();
}

export async function show(image) {
  const known = await send('GET', `images/${image.id}/boxes`);
  const prediction = image.prediction;
  shown = { id: image.id, width: known.width, height: known.height };
  boxes = structuredClone(known.boxes ?? prediction?.boxes ?? []);
  scene.setAttribute('viewBox', `0 0 ${known.width} ${known.height}`);
  scene.replaceChildren(svg('image', { href: `images/${image.id}`, width: known.width, height: known.height, preserveAspectRatio: 'none' }));
  at('answer').hidden = false;
  at('said').textContent = known.boxes ? `Kept boxes${known.heldOut ? ', held out to compare models on' : ''}.`
    : prediction ? `${prediction.boxes.length} found, says version ${prediction.version}` : 'There is no model yet: mark the objects of some images and retrain.';
  list();
}

// Where a pointer is, in pixels of the image and no further out than its edges.
function place(event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(scene.getScreenCTM().inverse());
  return { x: round(Math.min(Math.max(point.x, 0), shown.width)), y: round(Math.min(Math.max(point.y, 0), shown.height)) };
}

scene.addEventListener('pointerdown', event => {
  if (event.button !== 0)
    return;
  event.preventDefault();
  scene.setPointerCapture(event.pointerId);
  const from = place(event);
  drag = { from, to: from };
});
scene.addEventListener('pointermove', event => {
  if (!drag)
    return;
  drag.to = place(event);
  draw();
});
scene.addEventListener('pointercancel', () => { drag = null; draw(); });
scene.addEventListener('pointerup', () => {
  if (!drag)
    return;
  const { x, y, width, height } = edges(drag);
  drag = null;
  if (Math.min(width, height) * scale() < leastDrag || Math.min(width, height) < 1) {
    draw();
    return;
  }
  boxes.push({ label: usual, x0: x, y0: y, x1: round(x + width), y1: round(y + height) });
  list();
  const input = at('boxes').lastElementChild.querySelector('input');
  input.focus();
  input.select();
});

at('empty').addEventListener('click', () => { boxes = []; list(); });
at('correct').addEventListener('submit', asked(async () => {
  await send('PUT', `images/${shown.id}/boxes`, JSON.stringify({ boxes: boxes.map(({ label, x0, y0, x1, y1 }) => ({ label, x0, y0, x1, y1 })) }));
  at('said').textContent = boxes.length === 0 ? 'Kept: there are no objects.' : `Kept: ${boxes.length} ${boxes.length === 1 ? 'object' : 'objects'}.`;
}));
new ResizeObserver(draw).observe(scene);
