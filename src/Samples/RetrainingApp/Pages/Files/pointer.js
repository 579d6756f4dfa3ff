// What a pointer does on the image: it takes hold of a box or of its edges and drags them along, or draws a new box.
import { scale } from './scene.js';

const leastDrag = 3; // CSS pixels; less is a click

const round = value => Math.round(10 * value) / 10;

function edges({ from, to }) {
  return { x0: Math.min(from.x, to.x), y0: Math.min(from.y, to.y), x1: Math.max(from.x, to.x), y1: Math.max(from.y, to.y) };
}

// size: of the image that is shown. All others take places in its pixels.
// taken: what is at a place, null for nothing; hovered: of a pointer that goes by, and of null when it has gone;
// drawing: told of the box so far, and of null at its end; drawn: told of the box;
// dragging: told of what was taken, and how far it has gone; dragged: at the end, however far that is; dropped: it is to be as it was.
export function follow(scene, size, { taken, hovered, drawing, drawn, dragging, dragged, dropped }) {
  let drag = null;

  // Where a pointer is, no further out than the image's edges.
  function place(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(scene.getScreenCTM().inverse());
    const { width, height } = size();
    return { x: round(Math.min(Math.max(point.x, 0), width)), y: round(Math.min(Math.max(point.y, 0), height)) };
  }

  function go() {
    const by = { x: round(drag.to.x - drag.from.x), y: round(drag.to.y - drag.from.y) };
    drag.begun ||= Math.max(Math.abs(by.x), Math.abs(by.y)) * scale() >= leastDrag;
    if (!drag.taken)
      drawing(edges(drag));
    else if (drag.begun)
      dragging(drag.taken, by);
  }

  function end() {
    const ended = drag;
    drag = null;
    drawing(null);
    return ended;
  }

  function drop() {
    const ended = drag && end();
    if (ended?.taken)
      dropped(ended.taken);
  }

  scene.addEventListener('pointerdown', event => {
    if (event.button !== 0 || drag)
      return;
    event.preventDefault();
    scene.setPointerCapture(event.pointerId);
    const from = place(event);
    // Boxes may overlap: with Shift one is drawn over others.
    drag = { from, to: from, taken: event.shiftKey ? null : taken(from) };
  });
  scene.addEventListener('pointermove', event => {
    if (!size())
      return;
    if (!drag)
      return hovered(place(event), event.shiftKey);
    drag.to = place(event);
    go();
  });
  scene.addEventListener('pointerleave', () => drag || hovered(null));
  scene.addEventListener('pointercancel', drop);
  scene.addEventListener('pointerup', () => {
    if (!drag)
      return;
    const { taken, ...box } = end();
    if (taken)
      return dragged(taken);
    const made = edges(box);
    const side = Math.min(made.x1 - made.x0, made.y1 - made.y0);
    if (side * scale() >= leastDrag && side >= 1)
      drawn(made);
  });
  document.addEventListener('keydown', event => event.key === 'Escape' && drop());
}
