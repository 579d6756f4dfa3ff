// Boxes around the objects of an image: shown, drawn, moved, given classes, deleted, kept.
import { asked, at, element, percent, send } from './page.js';
import { edgesAt, moved, resized } from './edges.js';
import { changed } from './keys.js';
import { follow } from './pointer.js';
import { draw as drawScene, handle, numberOf, open, place, scale, setHandles } from './scene.js';

const reach = 6; // CSS pixels: so near an edge is taken hold of
const scene = at('scene');
let shown = null;
let boxes = [];
let active = null; // the box that stands out
let usual = ''; // the class of the next box
let drawn = null; // the box that is being drawn

// A narrow column breaks it between its corners.
const corners = box => place(box).replace(/(\S+) (\S+)/g, '$1\u00a0$2');
const sureness = box => box.score === undefined ? 'by hand' : percent(box.score);
const row = number => at('boxes').rows[number];
const toHandle = number => handle(number).focus();
const chosen = () => boxes[numberOf(document.activeElement)] ?? null;

function toClass(number) {
  const input = row(number).querySelector('input');
  input.focus();
  input.select();
}

function draw() {
  if (shown)
    drawScene(boxes, active, drawn);
}

// What a person has changed is that person's.
function change(number, said) {
  const box = Object.assign(boxes[number], said);
  delete box.score;
  row(number).cells[1].textContent = sureness(box);
  row(number).cells[2].textContent = corners(box);
  draw();
}

function rowOf(box, number) {
  const made = element('tr');
  const label = element('input', undefined, { value: box.label, required: true, maxLength: 64, autocomplete: 'off' });
  label.setAttribute('list', 'classes');
  label.setAttribute('aria-label', `Class of box ${number + 1}`);
  label.addEventListener('input', () => change(number, { label: usual = label.value }));
  label.addEventListener('keydown', event => event.key === 'Escape' && toHandle(number));
  const button = element('button', '×', { type: 'button', title: 'Delete' });
  button.setAttribute('aria-label', `Delete box ${number + 1}`);
  button.addEventListener('click', () => remove(number, left => row(left).querySelector('button').focus()));
  made.addEventListener('pointerenter', () => activate(box));
  made.addEventListener('pointerleave', () => activate(null));
  made.addEventListener('focusin', () => activate(box));
  const cell = element('td');
  cell.append(`${number + 1} `, label);
  const last = element('td');
  last.append(button);
  made.append(cell, element('td', sureness(box)), element('td', corners(box)), last);
  return made;
}

function activate(box) {
  active = box;
  draw();
}

function list() {
  active = null;
  at('boxes').replaceChildren(...boxes.map(rowOf));
  at('none').hidden = boxes.length > 0;
  setHandles(boxes);
  draw();
}

function add(box) {
  boxes.push({ label: usual, ...box });
  list();
  return boxes.length - 1;
}

// focus: takes the number of a box that is left.
function remove(number, focus) {
  boxes.splice(number, 1);
  list();
  if (boxes.length > 0)
    focus(Math.min(number, boxes.length - 1));
  else
    at('add').focus();
}

export async function show(image) {
  const known = await send('GET', `images/${image.id}/boxes`);
  const prediction = image.prediction;
  shown = { id: image.id, width: known.width, height: known.height };
  boxes = structuredClone(known.boxes ?? prediction?.boxes ?? []);
  open(shown);
  at('answer').hidden = false;
  at('said').textContent = known.boxes ? `Kept boxes${known.heldOut ? ', held out to compare models on' : ''}.`
    : prediction ? `${prediction.boxes.length} found, says version ${prediction.version}` : 'There is no model yet: mark the objects of some images and retrain.';
  list();
}

// The smallest box there: a larger one can be clicked beside it.
function boxAt({ x, y }) {
  const area = box => (box.x1 - box.x0) * (box.y1 - box.y0);
  const [smallest] = boxes.filter(box => box.x0 <= x && x <= box.x1 && box.y0 <= y && y <= box.y1).toSorted((a, b) => area(a) - area(b));
  return boxes.indexOf(smallest);
}

// What a pointer would take hold of; of the box that stands out first, whose grips are seen.
function heldAt(point) {
  const near = box => edgesAt(box, point, reach / scale());
  const box = active && near(active).length > 0 ? active : boxes[boxAt(point)];
  return box ? { box, edges: near(box), before: { ...box } } : null;
}

// Where the page is scrolled to is the pointer's matter.
const choose = box => handle(boxes.indexOf(box))?.focus({ preventScroll: true });

function cursor(held) {
  if (!held)
    return '';
  const [first, second] = held.edges;
  if (!first)
    return 'move';
  return second ? (first[1] === second[1] ? 'nwse-resize' : 'nesw-resize') : first[0] === 'x' ? 'ew-resize' : 'ns-resize';
}

follow(scene, () => shown, {
  taken: point => {
    const held = heldAt(point);
    if (held)
      choose(held.box);
    return held;
  },
  hovered: (point, over) => {
    const held = point && !over ? heldAt(point) : null;
    scene.style.cursor = cursor(held);
    const box = held?.box ?? chosen();
    if (box !== active)
      activate(box);
  },
  drawing: box => { drawn = box; draw(); },
  drawn: box => toClass(add(box)),
  dragging: ({ box, edges, before }, by) => {
    if (boxes.includes(box))
      change(boxes.indexOf(box), edges.length > 0 ? resized(before, edges, by, shown) : moved(before, by, shown));
  },
  dragged: ({ box }) => {
    choose(box);
    at('moved').textContent = place(box);
  },
  dropped: ({ box, before }) => {
    if (!boxes.includes(box))
      return;
    change(boxes.indexOf(box), before);
    // It is the model's again, where it was.
    Object.assign(box, before);
    list();
    choose(box);
  },
});
scene.addEventListener('focusin', event => activate(boxes[numberOf(event.target)] ?? null));
scene.addEventListener('focusout', () => activate(null));
scene.addEventListener('keydown', event => {
  const number = numberOf(event.target);
  if (number < 0 || event.ctrlKey || event.altKey || event.metaKey)
    return;
  // A pixel of the screen, or of the image where that is more.
  const said = changed(boxes[number], event, Math.max(1, Math.round(1 / scale())), shown);
  if (said) {
    change(number, said);
    at('moved').textContent = place(boxes[number]);
  } else if (event.key === 'Delete' || event.key === 'Backspace')
    remove(number, toHandle);
  else if (event.key === 'Enter' || event.key === 'F2' || event.key === ' ')
    toClass(number);
  else
    return;
  event.preventDefault();
});

at('add').addEventListener('click', () => toHandle(add({ x0: .25 * shown.width, y0: .25 * shown.height, x1: .75 * shown.width, y1: .75 * shown.height })));
at('empty').addEventListener('click', () => { boxes = []; list(); });
at('correct').addEventListener('submit', asked(async () => {
  await send('PUT', `images/${shown.id}/boxes`, JSON.stringify({ boxes: boxes.map(({ label, x0, y0, x1, y1 }) => ({ label, x0, y0, x1, y1 })) }));
  at('said').textContent = boxes.length === 0 ? 'Kept: there are no objects.' : `Kept: ${boxes.length} ${boxes.length === 1 ? 'object' : 'objects'}.`;
}));
new ResizeObserver(draw).observe(scene);
