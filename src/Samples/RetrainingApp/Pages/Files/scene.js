// The image with its boxes: what is seen of them, and for each a handle that the keyboard reaches.
import { at, percent } from './page.js';
import { grips } from './edges.js';
import { layOut } from './labels.js';

const svgNames = 'http://www.w3.org/2000/svg';
const hues = 6;
const lettering = 13; // CSS pixels
const line = 1.3; // of the lettering
const grip = 8; // CSS pixels
const scene = at('scene');
const seen = svg('g', { 'aria-hidden': true });
const handles = svg('g', {});
const labels = svg('g', { 'aria-hidden': true });
const held = svg('g', { 'aria-hidden': true });
let size = null;

function svg(name, attributes, text) {
  const made = document.createElementNS(svgNames, name);
  set(made, attributes);
  if (text !== undefined)
    made.textContent = text;
  return made;
}

function set(made, attributes) {
  for (const [key, value] of Object.entries(attributes))
    made.setAttribute(key, value);
}

const hue = label => [...label].reduce((sum, letter) => (31 * sum + letter.codePointAt(0)) % 9973, 7) % hues;
const area = box => ({ x: box.x0, y: box.y0, width: box.x1 - box.x0, height: box.y1 - box.y0 });
const kind = (name, box, active) => ({ class: `${name} hue${hue(box.label)}${box === active ? ' active' : ''}` });

// How many CSS pixels a pixel of the image has.
export const scale = () => scene.getScreenCTM()?.a || 1;
export const place = box => [box.x0, box.y0, box.x1, box.y1].map(Math.round).join(' ');
export const handle = number => handles.children[number];
export const numberOf = element => [...handles.children].indexOf(element);

export function open({ id, width, height }) {
  size = { width, height };
  scene.setAttribute('viewBox', `0 0 ${width} ${height}`);
  scene.replaceChildren(svg('image', { href: `images/${id}`, width, height, preserveAspectRatio: 'none', 'aria-hidden': true }), seen, handles, labels, held);
}

export function setHandles(boxes) {
  handles.replaceChildren(...boxes.map(() => {
    const made = svg('g', { class: 'handle', tabindex: 0, role: 'button', 'aria-roledescription': 'box', 'aria-describedby': 'keys' });
    // Two strokes, one of which stands out from whatever is under it.
    made.append(svg('rect', {}), svg('rect', {}));
    return made;
  }));
}

// active: the box that stands out, if any; drawn: the one that is being drawn, if any.
export function draw(boxes, active, drawn) {
  // The surest, which come first, lie on top.
  seen.replaceChildren(...boxes.map(box => svg('rect', { ...kind('box', box, active), ...area(box) })).reverse());
  drawLabels(boxes, active);
  drawGrips(drawn ? null : active);
  if (drawn)
    seen.append(svg('rect', { class: 'drawing', ...area(drawn) }));
  // Browsers may ask for a drawing while handles are taken away, of which one has the focus.
  for (const [i, made] of [...handles.children].slice(0, boxes.length).entries()) {
    made.setAttribute('aria-label', `Box ${i + 1}, ${boxes[i].label || 'no class'}, ${place(boxes[i])}`);
    for (const edge of made.children)
      set(edge, area(boxes[i]));
  }
}

// What a pointer takes hold of, of the box that stands out.
function drawGrips(active) {
  const side = grip / scale();
  held.replaceChildren(...(active ? grips(active) : []).map(({ x, y }) => svg('rect', { class: 'grip', x: x - side / 2, y: y - side / 2, width: side, height: side })));
}

// Over everything else, the handles too.
function drawLabels(boxes, active) {
  const high = lettering / scale();
  const made = boxes.map((box, i) => svg(
    'text', { ...kind('label', box, active), 'font-size': high }, `${i + 1} ${box.label}${box.score === undefined ? '' : ` ${percent(box.score)}`}`));
  labels.replaceChildren(...made);
  const wanted = boxes.map((box, i) => ({ x: box.x0, y: box.y0, length: made[i].getComputedTextLength() + .4 * high }));
  for (const [i, { left, top }] of layOut(wanted, line * high, size.width, size.height).entries())
    set(made[i], { x: left + .2 * high, y: top + high });
}
